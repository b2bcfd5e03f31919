import { encode } from "next-auth/jwt";
import type { SettingsStore } from "../storage/settings-store";
import { type Access, createAccess } from "./access";
import { openSessions, SESSION_MAX_AGE_S } from "./sessions";

export interface TestAccess {
  access: Access;
  store: SettingsStore;
  /** What was logged, as JSON. */
  logged: string[];
  /** The `Cookie` header of a session that has just begun. */
  signedIn(id: string, claims?: Record<string, unknown>): Promise<string>;
}

/** Settings that live as long as the test. */
export function memorySettings(): SettingsStore {
  const values = new Map<string, string>();
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    remove: async (key) => void values.delete(key),
  };
}

/** The check of a shared token without a server around it. */
export async function createTestAccess(options: {
  token: string;
  previous?: string;
  behindProxy?: boolean;
  secret?: string;
  secure?: boolean;
  store?: SettingsStore;
  now?: () => number;
}): Promise<TestAccess> {
  const { token, previous, behindProxy = false, secret = "the secret of the tests", secure = false, now = Date.now } = options;
  const store = options.store ?? memorySettings();
  const logged: string[] = [];
  const note = (...args: unknown[]): void => void logged.push(JSON.stringify(args));
  const sessions = await openSessions({ secret, secure, store, now });
  const access = createAccess({ token, previous, behindProxy, sessions, now, log: { info: note, warn: note } });
  return {
    access,
    store,
    logged,
    async signedIn(id, claims = {}) {
      const value = await encode({ token: { sid: id, ...claims }, secret, maxAge: SESSION_MAX_AGE_S });
      return `${sessions.cookies.sessionToken.name}=${value}`;
    },
  };
}
