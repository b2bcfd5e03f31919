import { expect, it } from "vitest";
import { callbackPath } from "./callback-path";

it.each(["/", "/runs/abc", "/runs/abc?tab=diff&file=a%20b#L3", "/settings/provider", "/loginless", "/?next=//evil.example"])(
  "keeps %s",
  (path) => {
    expect(callbackPath(path)).toBe(path);
  },
);

it.each([
  undefined,
  "",
  "https://evil.example/runs/abc",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "\n//evil.example",
  "/.//evil.example",
  "/runs/..//evil.example",
  "javascript:alert(1)",
  "runs/abc",
  "/login",
  "/login?callbackUrl=/login",
  "/api/auth/signout",
  "/api/v1/runs",
  "/git/runs/abc",
  "/runs/../api/v1/runs",
  "http://[",
])("goes home instead of to %s", (address) => {
  expect(callbackPath(address)).toBe("/");
});
