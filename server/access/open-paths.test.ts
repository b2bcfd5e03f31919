import { expect, it } from "vitest";
import { isOpen } from "./open-paths";

it.each([
  ["GET", "/api/v1/health"],
  ["HEAD", "/api/health"],
  ["GET", "/login?callbackUrl=%2F"],
  ["GET", "/api/auth/signin?error=x"],
  ["POST", "/api/auth/callback/credentials"],
  ["GET", "/_next/static/chunks/0cz1d0mv5g_q7.js"],
  ["GET", "/_next/static/chunks/%5Broot-of-the-server%5D__0abc._.css"],
  ["GET", "/_next/static/chunks/node_modules_%40swc_helpers_cjs._.js"],
  ["GET", "/_next/static/media/GeistMono-s.p.1a2b.woff2"],
])("%s %s is for everybody", (method, url) => {
  expect(isOpen({ method, url })).toBe(true);
});

it.each([
  ["GET", "/"],
  ["GET", "/api/v1/runs"],
  ["GET", "/metrics"],
  ["POST", "/login"],
  ["POST", "/api/v1/health"],
  ["GET", "/login/"],
  ["GET", "//login"],
  ["GET", "/api/auth/session"],
  ["GET", "/api/auth/csrf"],
  ["POST", "/api/auth/signout"],
  ["GET", "/_next/static/../../api/v1/runs"],
  ["GET", "/_next/static/%2e%2e/%2e%2e/api/v1/runs"],
  ["GET", "/_next/static/..%2f..%2fapi/v1/runs"],
  ["GET", "/_next/static/\\..\\..\\api/v1/runs"],
  ["GET", "/_next/static//api/v1/runs"],
  ["GET", "/_next/image?url=%2Fx"],
  ["GET", "http://localhost/login"],
])("%s %s is not", (method, url) => {
  expect(isOpen({ method, url })).toBe(false);
});
