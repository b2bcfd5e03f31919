import { decode, encode } from "next-auth/jwt";
import type { SettingsStore } from "../storage/settings-store";

/** A session ends so long after it was last renewed, in seconds. */
export const SESSION_MAX_AGE_S = 30 * 24 * 3_600;
const RENEWED_AFTER_MS = 24 * 3_600_000;
/** Longer values are cut into several cookies by next-auth. */
const LONGEST_COOKIE = 3_900;
/** `setTimeout` takes no more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Sessions that were signed out of and whose cookies would still be valid. */
const MOST_ENDED = 2_000;
const STORE_KEY = "sessions.ended";

/** Who is signed in: for now whoever knows the access token. */
export interface Session {
  /** The same through all renewals. */
  id: string;
  /** Milliseconds. */
  issuedAt: number;
  expiresAt: number;
}

interface CookieOptions {
  httpOnly: true;
  sameSite: "lax";
  path: "/";
  secure: boolean;
}

/** As next-auth's option `cookies` wants them. */
export interface SessionCookies {
  sessionToken: { name: string; options: CookieOptions };
  callbackUrl: { name: string; options: CookieOptions };
  csrfToken: { name: string; options: CookieOptions };
}

/** Sessions as next-auth keeps them: encrypted tokens (JWE) in cookies. What it cannot do without a database is done here: to end one early. */
export interface Sessions {
  cookies: SessionCookies;
  secret: string;
  /** The session of a `Cookie` header; undefined where there is none that holds. */
  read(header: string | undefined): Promise<Session | undefined>;
  /** Value of a `Set-Cookie` header that makes the session of this `Cookie` header last 30 days from now; undefined while that is not due. */
  renewal(header: string | undefined): Promise<string | undefined>;
  /** Calls `close` when the session expires or is signed out of; returns the way to stop that. */
  whenEnded(session: Session, close: () => void): () => void;
  /** Signs out: the cookie is worth nothing any more, here and after a restart. */
  end(id: string): Promise<void>;
}

/** `secret` is next-auth's; `secure` is for https. */
export async function openSessions(options: {
  secret: string;
  secure: boolean;
  store: SettingsStore;
  now: () => number;
}): Promise<Sessions> {
  const { secret, secure, store, now } = options;
  const cookies = sessionCookies(secure);
  const ended = readEnded(await store.get(STORE_KEY), now());
  const watchers = new Map<string, Set<() => void>>();

  async function open(header: string | undefined): Promise<{ claims: Record<string, unknown>; session: Session } | undefined> {
    const token = joinedCookie(header, cookies.sessionToken.name);
    if (token === "") return undefined;
    const claims = await decode({ token, secret }).catch(() => null);
    const { sid, iat, exp } = claims ?? {};
    if (claims === null || typeof sid !== "string" || typeof iat !== "number" || typeof exp !== "number") return undefined;
    const session = { id: sid, issuedAt: iat * 1_000, expiresAt: exp * 1_000 };
    return ended.has(sid) || session.expiresAt <= now() ? undefined : { claims, session };
  }

  return {
    cookies,
    secret,
    read: async (header) => (await open(header))?.session,
    async renewal(header) {
      const found = await open(header);
      if (found === undefined || now() - found.session.issuedAt < RENEWED_AFTER_MS) return undefined;
      const value = await encode({ token: found.claims, secret, maxAge: SESSION_MAX_AGE_S });
      if (value.length > LONGEST_COOKIE) return undefined;
      return `${cookies.sessionToken.name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${SESSION_MAX_AGE_S}${secure ? "; Secure" : ""}`;
    },
    whenEnded({ id, expiresAt }, close) {
      // Signed out of between the check and now.
      if (ended.has(id)) setImmediate(close);
      const mine = watchers.get(id) ?? new Set();
      watchers.set(id, mine.add(close));
      const stopTimer = atTime(expiresAt, now, close);
      return () => {
        stopTimer();
        mine.delete(close);
        if (mine.size === 0 && watchers.get(id) === mine) watchers.delete(id);
      };
    },
    async end(id) {
      ended.set(id, now() + SESSION_MAX_AGE_S * 1_000);
      for (const oldest of ended.keys()) {
        if (ended.size <= MOST_ENDED) break;
        ended.delete(oldest);
      }
      for (const close of [...(watchers.get(id) ?? [])]) close();
      await store.set(STORE_KEY, JSON.stringify([...ended]));
    },
  };
}

/** The prefix has browsers refuse a cookie of that name that comes without TLS or from another host of the domain. */
function sessionCookies(secure: boolean): SessionCookies {
  const cookie = (name: string): SessionCookies["csrfToken"] => ({
    name: `${secure ? "__Host-" : ""}aideator.${name}`,
    options: { httpOnly: true, sameSite: "lax", path: "/", secure },
  });
  return { sessionToken: cookie("session-token"), callbackUrl: cookie("callback-url"), csrfToken: cookie("csrf-token") };
}

/** next-auth cuts a long value into `name.0`, `name.1` and so on. */
function joinedCookie(header: string | undefined, name: string): string {
  const parts = (header ?? "").split(";").flatMap((pair): [number, string][] => {
    const at = pair.indexOf("=");
    const key = pair.slice(0, at).trim();
    const place = key === name ? "0" : key.startsWith(`${name}.`) ? key.slice(name.length + 1) : "";
    return at > 0 && /^\d{1,2}$/.test(place) ? [[Number(place), pair.slice(at + 1).trim()]] : [];
  });
  return parts
    .sort(([one], [other]) => one - other)
    .map(([, value]) => value)
    .join("");
}

/** Pairs of session and time (ms) after which its cookie has expired anyway. */
function readEnded(text: string | undefined, now: number): Map<string, number> {
  const pairs: unknown = text === undefined ? [] : JSON.parse(text);
  const known = Array.isArray(pairs) ? (pairs as [string, number][]) : [];
  return new Map(known.filter(([, until]) => until > now));
}

/** Calls `act` at a time that may be more than a timer's longest away; returns the way to stop that. */
function atTime(time: number, now: () => number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const left = time - now();
    timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(act, Math.max(0, left));
    timer.unref();
  };
  arm();
  return () => clearTimeout(timer);
}
