import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isGitRequest, sendGitError } from "./git-front";

const COOKIE = "aideator_access";
const MAX_AGE_S = 30 * 24 * 3_600;
const MAX_FORM_BYTES = 10_000;
/** Kubernetes and load balancers ask this without a token; it tells nothing secret. */
const OPEN_PATHS = new Set(["/api/v1/health", "/api/health"]);

/** One shared token, in Jupyter's manner: a login page and a cookie for browsers and sockets, a header for the API, the password for git. */
export interface AccessToken {
  /** True when the request may go on. */
  admits(request: IncomingMessage): boolean;
  /** Serves the login page, takes its form, or turns the request away. */
  challenge(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** See `AccessToken`; `secure` marks the cookie for https. */
export function createAccessToken(token: string, secure: boolean): AccessToken {
  const digest = (text: string): Buffer => createHmac("sha256", token).update(text).digest();
  // The cookie proves knowledge of the token without holding it.
  const cookieValue = digest("aideator session").toString("base64url");
  const same = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

  return {
    admits(request) {
      const { authorization = "", cookie = "" } = request.headers;
      if (OPEN_PATHS.has((request.url ?? "").split("?")[0] ?? "")) return true;
      if (authorization.startsWith("Bearer ")) return same(authorization.slice("Bearer ".length), token);
      // git asks for a name and a password; the name does not matter. Elsewhere a browser would send it along by itself.
      if (authorization.startsWith("Basic ") && isGitRequest(request)) return same(passwordOf(authorization), token);
      const given = cookie
        .split(";")
        .map((part) => part.trim())
        .find((part) => part.startsWith(`${COOKIE}=`));
      return given !== undefined && same(given.slice(COOKIE.length + 1), cookieValue);
    },
    async challenge(request, response) {
      if (request.method === "POST" && request.url === "/login") {
        const given = new URLSearchParams(await readForm(request)).get("token") ?? "";
        if (!same(given, token)) return page(response, 401, "That is not the token. It is in AIDEATOR_ACCESS_TOKEN of the server.");
        const flags = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${MAX_AGE_S}${secure ? "; Secure" : ""}`;
        response.writeHead(303, { location: "/", "set-cookie": `${COOKIE}=${cookieValue}; ${flags}` }).end();
        return;
      }
      if (isGitRequest(request)) {
        const remedy = "Sign in with any name and the server's AIDEATOR_ACCESS_TOKEN as password.";
        return sendGitError(response, 401, remedy, { "www-authenticate": 'Basic realm="AIdeator", charset="UTF-8"' });
      }
      const wantsPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
      if (wantsPage) return page(response, 401, "");
      response.writeHead(401, { "content-type": "application/problem+json", "www-authenticate": "Bearer" });
      const detail = "Send Authorization: Bearer <AIDEATOR_ACCESS_TOKEN>, or sign in with a browser.";
      response.end(
        JSON.stringify({ type: "urn:aideator:problem:unauthorized", title: "Not signed in", status: 401, code: "unauthorized", detail }),
      );
    },
  };
}

/** Of `Basic <base64 of name:password>`; empty when there is none. */
function passwordOf(authorization: string): string {
  const pair = Buffer.from(authorization.slice("Basic ".length), "base64").toString("utf8");
  return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : "";
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_FORM_BYTES) return "";
  }
  return text;
}

function page(response: ServerResponse, status: number, problem: string): void {
  const style =
    "body{font:14px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:100vh;margin:0;color-scheme:light dark}form{display:grid;gap:10px;width:300px}input,button{font:inherit;padding:7px 10px}p{color:#c92a2a;margin:0}";
  const alert = problem === "" ? "" : `<p role="alert">${problem}</p>`;
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign in · AIdeator</title><style>${style}</style>` +
      `<main><form method="post" action="/login"><h1 style="font-size:20px;margin:0">AIdeator</h1>${alert}<label for="token">Access token</label>` +
      `<input id="token" name="token" type="password" autocomplete="current-password" required autofocus><button>Sign in</button></form></main></html>`,
  );
}
