import type { IncomingMessage, ServerResponse } from "node:http";
import type { Refusal } from "../access/access";
import { SIGN_IN_PATH } from "../access/open-paths";
import { isGitRequest, sendGitError } from "./git-front";
import { problem } from "./problem";

/** Turns a request away in the language of whoever asks: git's, a person's, a program's. */
export function challenge(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  if (refusal.because === "waiting") return askToWait(request, response, refusal.waitS);
  if (isGitRequest(request)) {
    const remedy = "Sign in with any name and the server's AIDEATOR_ACCESS_TOKEN as password.";
    return sendGitError(response, 401, remedy, { "www-authenticate": 'Basic realm="AIdeator", charset="UTF-8"' });
  }
  if (refusal.because === "missing" && isNavigation(request)) {
    const back = new URLSearchParams({ callbackUrl: request.url ?? "/" });
    response.writeHead(302, { location: `${SIGN_IN_PATH}?${back}`, "cache-control": "no-store" }).end();
    return;
  }
  const detail =
    refusal.because === "wrong"
      ? "This is not the server's access token. It is in AIDEATOR_ACCESS_TOKEN of the server."
      : "Send Authorization: Bearer <AIDEATOR_ACCESS_TOKEN>, or sign in with a browser.";
  sendProblem(response, "unauthorized", detail, { "www-authenticate": "Bearer" });
}

function askToWait(request: IncomingMessage, response: ServerResponse, waitS: number): void {
  const detail = `Too many wrong access tokens came from your address. Try again in ${waitS} s.`;
  const headers = { "retry-after": String(waitS) };
  if (isGitRequest(request)) sendGitError(response, 429, detail, headers);
  else sendProblem(response, "too_many_requests", detail, headers);
}

function sendProblem(
  response: ServerResponse,
  code: "unauthorized" | "too_many_requests",
  detail: string,
  headers: Record<string, string>,
): void {
  const answer = problem(code, detail);
  response.writeHead(answer.status, { "content-type": "application/problem+json", "cache-control": "no-store", ...headers });
  response.end(JSON.stringify(answer));
}

/** True where a browser is about to show a page. */
export function isNavigation({ method, headers, url = "/" }: IncomingMessage): boolean {
  if (method !== "GET" || url.startsWith("/api/")) return false;
  return (headers.accept ?? "").includes("text/html");
}
