import type { IncomingMessage } from "node:http";

/** Where people sign in. */
export const LOGIN_PATH = "/login";
/** Sends people to the login page, with what it needs in cookies. */
export const SIGN_IN_PATH = "/api/auth/signin";

const OPEN_TO_READ = new Set([
  // Kubernetes and load balancers ask this without a token; it tells nothing secret.
  "/api/v1/health",
  "/api/health",
  LOGIN_PATH,
  SIGN_IN_PATH,
  "/favicon.ico",
  "/favicon.svg",
  "/icon-180.png",
  "/icon-192.png",
  "/icon-512.png",
  "/icon-maskable-512.png",
  "/manifest.webmanifest",
]);
const OPEN_TO_POST = new Set(["/api/auth/callback/credentials"]);
/** Scripts, styles and fonts: the same for everybody, and public with the source. In development names have escaped signs too. */
const ASSETS = /^\/_next\/static\/(?:[\w.~@()/-]|%(?:40|5B|5D))+$/;

/**
 * Whether a request may go on without proof. The list names what the login page needs; a path that anything behind might read in another way
 * (dots, escapes, doubled slashes) is not on it.
 */
export function isOpen({ method, url = "/" }: Pick<IncomingMessage, "method" | "url">): boolean {
  const path = url.split("?", 1)[0] ?? "/";
  if (method === "POST") return OPEN_TO_POST.has(path);
  if (method !== "GET" && method !== "HEAD") return false;
  return OPEN_TO_READ.has(path) || (ASSETS.test(path) && !path.includes("..") && !path.includes("//"));
}
