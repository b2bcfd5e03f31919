import { isRecord, parseJson } from "@/lib/parse-json";
import type { CheckKind } from "./detected-check";

/** What people call their scripts, by kind, the usual name first. */
const scriptNames: Record<CheckKind, string[]> = {
  test: ["test", "test:unit", "unit", "tests", "test:ci"],
  lint: ["lint", "lint:check", "eslint", "lint:js"],
  types: ["typecheck", "type-check", "types", "check-types", "check:types", "types:check", "tsc", "phpstan", "stan"],
  build: ["build", "compile"],
  coverage: ["coverage", "test:coverage", "test:cov", "cover", "cov"],
};
export const checkKinds = Object.keys(scriptNames) as CheckKind[];

/** The script that does the check of a kind; undefined where none is named so, or none that would end. */
export function scriptFor(kind: CheckKind, scripts: ReadonlyMap<string, string>): string | undefined {
  return scriptNames[kind].find((name) => {
    const command = scripts.get(name);
    return command !== undefined && !isPlaceholder(command) && !watches(command);
  });
}

/** `scripts` of a package.json or composer.json: names and commands. Composer's may be lists. */
export function scriptsOf(manifest: unknown): Map<string, string> {
  const scripts = isRecord(manifest) && isRecord(manifest.scripts) ? manifest.scripts : {};
  return new Map(
    Object.entries(scripts).flatMap(([name, command]) => {
      if (typeof command === "string") return [[name, command] as const];
      return Array.isArray(command) && command.length > 0 ? [[name, command.map(String).join(" && ")] as const] : [];
    }),
  );
}

/** Names of the packages that a manifest asks for, under any of these keys. */
export function packagesOf(manifest: unknown, keys: readonly string[]): Set<string> {
  if (!isRecord(manifest)) return new Set();
  return new Set(keys.flatMap((key) => (isRecord(manifest[key]) ? Object.keys(manifest[key]) : [])));
}

/** The JSON of a manifest; undefined where it is none. */
export function manifestOf(text: string | undefined): Record<string, unknown> | undefined {
  const parsed = text === undefined ? undefined : parseJson(text);
  return isRecord(parsed) ? parsed : undefined;
}

/** What `npm init` writes. */
function isPlaceholder(command: string): boolean {
  return command.trim() === "" || /no test specified/.test(command);
}

/** A command that waits for changes never ends. */
function watches(command: string): boolean {
  return /(^|\s)(--watch(All)?(=true)?|-w|watch)(\s|$)/.test(command);
}
