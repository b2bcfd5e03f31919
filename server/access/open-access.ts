import type { Logger } from "pino";
import type { Env } from "../env";
import { sessionSecret } from "../environment/secret-box";
import type { SettingsStore } from "../storage/settings-store";
import { type Access, createAccess } from "./access";
import { openSessions } from "./sessions";

/** The check of the shared token; undefined where there is none, in single-user mode on loopback. */
export async function openAccess(
  env: Pick<Env, "accessToken" | "previousAccessToken" | "publicUrl" | "dataDir" | "secret">,
  store: SettingsStore,
  log: Pick<Logger, "info" | "warn">,
): Promise<Access | undefined> {
  const { accessToken: token, previousAccessToken: previous, publicUrl, dataDir, secret } = env;
  if (token === undefined) return undefined;
  const sessions = await openSessions({
    secret: await sessionSecret(dataDir, token, secret),
    secure: publicUrl?.startsWith("https:") ?? false,
    store,
    now: Date.now,
  });
  return createAccess({ token, previous, behindProxy: publicUrl !== undefined, sessions, now: Date.now, log });
}
