import { randomBytes } from "node:crypto";
import type { AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import type { Logger } from "pino";
import { callbackPath } from "@/lib/callback-path";
import type { Access } from "./access";
import { ADDRESS_HEADER } from "./client-address";
import { LOGIN_PATH } from "./open-paths";
import { SESSION_MAX_AGE_S } from "./sessions";

/** next-auth's set-up: the shared token as the only credential, sessions as encrypted cookies, no page of its own. */
export function nextAuthOptions({ sessions, trySignIn }: Access, log: Pick<Logger, "error" | "warn" | "info">): AuthOptions {
  return {
    providers: [
      Credentials({
        credentials: { token: { type: "password" } },
        authorize(given, request) {
          const address: unknown = request.headers?.[ADDRESS_HEADER];
          const { admitted } = trySignIn(given?.token ?? "", typeof address === "string" ? address : "unknown");
          if (admitted) log.info({ address }, "signed in");
          // Each sign-in is a session of its own, so that one can be ended without the others.
          return admitted ? { id: randomBytes(16).toString("base64url") } : null;
        },
      }),
    ],
    secret: sessions.secret,
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_S },
    jwt: { maxAge: SESSION_MAX_AGE_S },
    cookies: { ...sessions.cookies },
    useSecureCookies: sessions.cookies.sessionToken.options.secure,
    pages: { signIn: LOGIN_PATH, signOut: LOGIN_PATH, error: LOGIN_PATH },
    callbacks: {
      redirect: ({ url }) => (url === LOGIN_PATH ? url : callbackPath(url)),
      jwt: ({ token, user }) => (user === undefined ? token : { sub: "access token", sid: user.id }),
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sid !== "string") return;
        await sessions.end(token.sid);
        log.info("signed out");
      },
    },
    debug: false,
    logger: {
      error(code, details) {
        // Whoever wrote the address sees that it is wrong; it is no fault of this server.
        if (code === "INVALID_CALLBACK_URL_ERROR") return;
        log.error({ code, err: details instanceof Error ? details : details.error }, "signing in failed");
      },
      warn: (code) => log.warn({ code }, "next-auth warns"),
      debug: () => undefined,
    },
  };
}
