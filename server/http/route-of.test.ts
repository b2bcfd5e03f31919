import { expect, test } from "vitest";
import { routeOf } from "./route-of";

test.each([
  ["/api/v1/runs?limit=3", "/api/v1/runs"],
  ["/api/runs/abc123abc123", "/api/v1/runs/{id}"],
  ["/api/v1/runs/abc123abc123/blobs/0123", "/api/v1/runs/{id}/blobs/{blob}"],
  ["/api/v1/openapi.json", "/api/v1/openapi.json"],
  ["/git/runs/abc123abc123/info/refs?service=git-upload-pack", "/git/*"],
  ["/_next/static/chunks/1.js", "/_next/*"],
  ["/", "/"],
  ["/runs/abc123abc123?tab=diff", "/runs/{id}"],
  ["/server", "/server"],
  ["/metrics", "/metrics"],
  ["/wp-admin/setup.php", "other"],
  ["/api/v1/runs/a/b/c/d", "other"],
])("%s is counted as %s", (url, route) => {
  expect(routeOf(url)).toBe(route);
});
