import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Logger } from "pino";
import { createAttemptLimits } from "./attempt-limits";
import { clientAddress } from "./client-address";
import { isOpen } from "./open-paths";
import type { Session, Sessions } from "./sessions";

/** Where a token is shown: the login page, the API's header, git's password. */
export type Door = "form" | "bearer" | "git";

/** What a request may do, and why. */
export type Admission = { admitted: true; by: "open" | "bearer" | "git" } | { admitted: true; by: "session"; session: Session } | Refusal;

/** `wrong` and `missing`: sign in. `waiting`: too many wrong tokens from this address; try again after so many seconds. */
export type Refusal = { admitted: false; because: "missing" | "wrong" } | { admitted: false; because: "waiting"; waitS: number };

/** One shared token, and one check for all doors. */
export interface Access {
  sessions: Sessions;
  /** What this request may do; a wrong token in it is noted. */
  admit(request: IncomingMessage): Promise<Admission>;
  /** Whether a token from `address` is right; a wrong one is noted. Only the current token opens a session. */
  trySignIn(token: string, address: string): Refusal | { admitted: true; by: "form" };
  /** Seconds that `address` has to wait before it may try a token again. */
  waitS(address: string): number;
  /** Who the request is counted for. */
  addressOf(request: IncomingMessage): string;
}

export interface AccessOptions {
  token: string;
  /** Still taken from programs, never from the login page: so that they can be moved over one by one. */
  previous?: string;
  /** A proxy of one's own stands in front: it says where requests come from. */
  behindProxy: boolean;
  sessions: Sessions;
  now: () => number;
  log: Pick<Logger, "info" | "warn">;
}

/** See `Access`. */
export function createAccess({ token, previous, behindProxy, sessions, now, log }: AccessOptions): Access {
  const limits = createAttemptLimits(now);
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  // Digests are of one length, whatever was given: comparing takes the same time for all.
  const same = (given: string, expected: string | undefined): boolean =>
    timingSafeEqual(digest(given), digest(expected ?? "")) && expected !== undefined;
  /** So that the log says once who is still to be moved over. */
  const outdated = new Set<string>();

  function check<D extends Door>(door: D, given: string, address: string): Refusal | { admitted: true; by: D } {
    const waitS = limits.waitS(address);
    if (waitS > 0) return { admitted: false, because: "waiting", waitS };
    if (same(given, token)) return { admitted: true, by: door };
    if (door !== "form" && same(given, previous)) {
      if (outdated.size < 1_000 && !outdated.has(address))
        log.info({ address, door }, "a program still uses AIDEATOR_ACCESS_TOKEN_PREVIOUS");
      outdated.add(address);
      return { admitted: true, by: door };
    }
    const { count, isNew } = limits.wrong(address, given);
    if (isNew) log.warn({ address, door, count, waitS: limits.waitS(address) }, "a wrong access token was given");
    return { admitted: false, because: "wrong" };
  }

  async function admit(request: IncomingMessage): Promise<Admission> {
    const address = clientAddress(request, behindProxy);
    const shown = shownToken(request);
    if (shown !== undefined) {
      const found = check(shown.door, shown.token, address);
      return !found.admitted && isOpen(request) ? { admitted: true, by: "open" } : found;
    }
    if (isOpen(request)) return { admitted: true, by: "open" };
    const session = await sessions.read(request.headers.cookie);
    return session === undefined ? { admitted: false, because: "missing" } : { admitted: true, by: "session", session };
  }

  return {
    sessions,
    admit,
    trySignIn: (given, address) => check("form", given, address),
    waitS: limits.waitS,
    addressOf: (request) => clientAddress(request, behindProxy),
  };
}

/** The token that a request carries outside a cookie. */
function shownToken(request: IncomingMessage): { door: "bearer" | "git"; token: string } | undefined {
  const [, scheme = "", value = ""] = /^(bearer|basic) +(.*)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return { door: "bearer", token: value };
  // git asks for a name and a password; the name does not matter. Elsewhere a browser would send it along by itself.
  if (scheme.toLowerCase() === "basic" && request.url?.startsWith("/git/") === true) return { door: "git", token: passwordOf(value) };
  return undefined;
}

/** Of base64 of `name:password`; empty when there is none. */
function passwordOf(pair: string): string {
  const text = Buffer.from(pair, "base64").toString("utf8");
  return text.includes(":") ? text.slice(text.indexOf(":") + 1) : "";
}
