import { matchesAttributePattern } from "./attribute-pattern";

/** Why nobody wrote a file by hand: views fold it. */
export const generatedReasons = ["attribute", "lock_file", "minified", "vendored", "generator"] as const;
export type GeneratedReason = (typeof generatedReasons)[number];

/** A `.gitattributes` file of a tree: its folder (`""` for the root) and its text. */
export interface AttributesFile {
  folder: string;
  text: string;
}

interface Rule {
  folder: string;
  pattern: string;
  /** What it says; null takes back what was said before. */
  generated?: boolean | null;
  vendored?: boolean | null;
}

/** Rules beyond these are not read. */
const MAX_RULES = 2_000;

const LOCK_FILES = new Set(
  (
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock cargo.lock go.sum poetry.lock uv.lock " +
    "pdm.lock pipfile.lock composer.lock gemfile.lock mix.lock pubspec.lock podfile.lock package.resolved packages.lock.json flake.lock " +
    "gradle.lockfile .terraform.lock.hcl module.bazel.lock"
  ).split(" "),
);
const MINIFIED = /[.-]min\.(js|mjs|cjs|css)$|\.(js|mjs|cjs|css)\.map$/i;
const VENDORED = /(^|\/)(node_modules|bower_components|vendor|third[_-]party|Godeps|\.yarn\/(releases|plugins|sdks|cache))\//;
/** What common generators call their files. */
const GENERATOR = /\.pb\.(go|cc|h|swift)$|_pb2(_grpc)?\.pyi?$|_pb\.(js|ts|d\.ts)$|\.g\.(dart|cs)$|\.designer\.cs$|\.(generated|gen)\.\w+$/i;

/**
 * Tells generated files from their paths. `linguist-generated` and `linguist-vendored` win over the names, in both directions; deeper
 * `.gitattributes` files win over those above, later lines over earlier ones.
 */
export function createGeneratedFiles(files: readonly AttributesFile[]): (path: string) => GeneratedReason | null {
  const depth = (folder: string): number => (folder === "" ? 0 : folder.split("/").length);
  const rules = [...files].sort((one, other) => depth(one.folder) - depth(other.folder)).flatMap(readRules);
  rules.splice(MAX_RULES);
  return (path) => {
    const said = { generated: undefined as boolean | undefined, vendored: undefined as boolean | undefined };
    for (const rule of rules) {
      const inside = rule.folder === "" ? path : path.startsWith(`${rule.folder}/`) ? path.slice(rule.folder.length + 1) : undefined;
      if (inside === undefined || !matchesAttributePattern(rule.pattern, inside)) continue;
      if (rule.generated !== undefined) said.generated = rule.generated ?? undefined;
      if (rule.vendored !== undefined) said.vendored = rule.vendored ?? undefined;
    }
    if (said.generated === true) return "attribute";
    if (said.vendored === true) return "vendored";
    const byName = reasonByName(path);
    if (said.generated === false && byName !== "vendored") return null;
    return said.vendored === false && byName === "vendored" ? null : byName;
  };
}

function reasonByName(path: string): GeneratedReason | null {
  if (VENDORED.test(path)) return "vendored";
  if (LOCK_FILES.has(path.slice(path.lastIndexOf("/") + 1).toLowerCase())) return "lock_file";
  if (MINIFIED.test(path)) return "minified";
  return GENERATOR.test(path) ? "generator" : null;
}

function readRules({ folder, text }: AttributesFile): Rule[] {
  return text.split(/\r?\n/).flatMap((line): Rule[] => {
    if (!line.includes("linguist-") || line.startsWith("#") || line.startsWith("!") || line.startsWith("[attr]")) return [];
    const [, quoted, plain, rest = ""] = /^\s*(?:"((?:[^"\\]|\\.)*)"|(\S+))\s+(.*)$/.exec(line) ?? [];
    const pattern = quoted === undefined ? plain : quoted.replace(/\\(["\\])/g, "$1");
    if (pattern === undefined) return [];
    const attributes = rest.split(/\s+/);
    return [{ folder, pattern, generated: valueOf(attributes, "linguist-generated"), vendored: valueOf(attributes, "linguist-vendored") }];
  });
}

/** `name`, `name=true`, `-name`, `name=false`, `!name` (null); undefined when it is not mentioned. */
function valueOf(attributes: readonly string[], name: string): boolean | null | undefined {
  let value: boolean | null | undefined;
  for (const attribute of attributes) {
    if (attribute === name || attribute === `${name}=true`) value = true;
    if (attribute === `-${name}` || attribute === `${name}=false`) value = false;
    if (attribute === `!${name}`) value = null;
  }
  return value;
}
