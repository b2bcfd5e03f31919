import { apiPaths } from "@/lib/protocol/openapi";

const templates = apiPaths.map((path) => {
  const pattern = path.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[^/]+");
  return { pattern: new RegExp(`^/api/(?:v1/)?${pattern.slice(1)}$`), route: `/api/v1${path}` };
});

/** Routes beside the API, most often asked for first. */
const others: [RegExp, string][] = [
  [/^\/_next\//, "/_next/*"],
  [/^\/api\/(?:v1\/)?openapi\.json$/, "/api/v1/openapi.json"],
  [/^\/api\/auth\//, "/api/auth/*"],
  [/^\/git\//, "/git/*"],
  [/^\/socket\.io\//, "/socket.io"],
  [/^\/(login|metrics)$/, "/$1"],
  [/^\/$/, "/"],
  [/^\/(runs|projects|settings)\/[^/]+/, "/$1/{id}"],
  [/^\/(runs|projects|settings|server|help)\/?$/, "/$1"],
];

/** The template that an address belongs to, `other` for whatever is none: an address would make a series of its own for everybody who guesses. */
export function routeOf(url: string): string {
  const path = url.split("?", 1)[0] ?? "/";
  const known = templates.find(({ pattern }) => pattern.test(path));
  if (known !== undefined) return known.route;
  for (const [pattern, route] of others) {
    const found = pattern.exec(path);
    if (found !== null) return route.replace("$1", found[1] ?? "");
  }
  return "other";
}
