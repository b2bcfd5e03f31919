import type { NextRequest } from "next/server";
import NextAuth from "next-auth";
import { ADDRESS_HEADER } from "@/server/access/client-address";
import { nextAuthOptions } from "@/server/access/next-auth-options";
import { SIGN_IN_PATH } from "@/server/access/open-paths";
import { problem } from "@/server/http/problem";
import { getServices } from "@/server/services";

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

/** What of next-auth is used; its own pages, other providers and its log stay shut. */
const actions = new Set(["GET signin", "POST callback/credentials", "GET csrf", "GET session", "POST signout"]);

/** Signing in and out by next-auth. Where there is no access token there is nothing here. */
async function handle(request: NextRequest, context: Context): Promise<Response> {
  const { access, log } = getServices();
  const action = `${request.method} ${(await context.params).nextauth.join("/")}`;
  if (access === undefined || !actions.has(action)) return sendProblem("not_found", "There is nothing here.");
  if (action === "POST callback/credentials") {
    const waitS = access.waitS(request.headers.get(ADDRESS_HEADER) ?? "unknown");
    if (waitS > 0) return askToWait(request, waitS);
  }
  const response = (await NextAuth(request, context, nextAuthOptions(access, log))) as Response;
  return onThisServer(response);
}

/** A page says it to people; programs get the status. */
function askToWait(request: NextRequest, waitS: number): Response {
  const headers = { "retry-after": String(waitS), "cache-control": "no-store" };
  if ((request.headers.get("accept") ?? "").includes("text/html")) {
    return new Response(null, { status: 303, headers: { ...headers, location: `${SIGN_IN_PATH}?error=TooManyAttempts` } });
  }
  return sendProblem("too_many_requests", `Too many wrong access tokens came from your address. Try again in ${waitS} s.`, headers);
}

/**
 * next-auth leads to full addresses below the one it was told, and to a page of its own for errors. Paths work under every name that this
 * server goes by, lead nowhere else, and the login page says what went wrong.
 */
function onThisServer(response: Response): Response {
  const location = response.headers.get("location");
  if (location === null) return response;
  const { pathname, search } = new URL(location, "http://localhost");
  response.headers.set("location", pathname === "/api/auth/error" ? SIGN_IN_PATH + search : pathname + search);
  response.headers.set("cache-control", "no-store");
  return response;
}

function sendProblem(code: "not_found" | "too_many_requests", detail: string, headers: Record<string, string> = {}): Response {
  const body = problem(code, detail);
  return Response.json(body, { status: body.status, headers: { "content-type": "application/problem+json", ...headers } });
}

export { handle as GET, handle as POST };
