import { isRecord } from "@/lib/parse-json";
import type { DetectedCheck, ProjectTree } from "./detected-check";
import { checkKinds, manifestOf, packagesOf, scriptFor, scriptsOf } from "./script-names";

interface Manager {
  name: string;
  locks: string[];
  /** Runs a program of an installed package, without fetching one. */
  exec: string;
}

const managers: readonly Manager[] = [
  { name: "npm", locks: ["package-lock.json", "npm-shrinkwrap.json"], exec: "npx --no-install" },
  { name: "pnpm", locks: ["pnpm-lock.yaml"], exec: "pnpm exec" },
  { name: "yarn", locks: ["yarn.lock"], exec: "yarn run" },
  { name: "bun", locks: ["bun.lock", "bun.lockb"], exec: "bun run" },
];
const [npm] = managers;
const eslintConfig = /^(eslint\.config\.[cm]?[jt]s|\.eslintrc(\.(json|ya?ml|[cm]?js))?)$/;
const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies"];

/** Scripts of a package.json, and where there is none the type checker or linter that it is plainly set up for. */
export function detectNodeChecks(tree: ProjectTree): DetectedCheck[] {
  const from = "package.json";
  const manifest = manifestOf(tree.read(from));
  if (manifest === undefined) return [];
  const { name, exec } = managerOf(tree, manifest);
  const scripts = scriptsOf(manifest);
  const found = checkKinds.flatMap((kind): DetectedCheck[] => {
    const script = scriptFor(kind, scripts);
    return script === undefined ? [] : [{ id: `${name}:${kind}`, kind, command: `${name} run ${script}`, from }];
  });
  const packages = packagesOf(manifest, DEPENDENCIES);
  const has = (kind: DetectedCheck["kind"]): boolean => found.some((check) => check.kind === kind);
  if (!has("types") && packages.has("typescript") && tree.has("tsconfig.json")) {
    found.push({ id: `${name}:types`, kind: "types", command: `${exec} tsc --noEmit`, from: "tsconfig.json" });
  }
  if (!has("lint") && packages.has("eslint") && (tree.some(eslintConfig) || isRecord(manifest.eslintConfig))) {
    found.push({ id: `${name}:lint`, kind: "lint", command: `${exec} eslint .`, from });
  }
  return found;
}

/** By the lock file; without one by the field `packageManager`; else npm. */
function managerOf(tree: ProjectTree, manifest: Record<string, unknown>): Manager {
  const locked = managers.find(({ locks }) => locks.some((lock) => tree.has(lock)));
  const { packageManager } = manifest;
  const named = typeof packageManager === "string" ? managers.find(({ name }) => packageManager.startsWith(`${name}@`)) : undefined;
  return locked ?? named ?? npm ?? { name: "npm", locks: [], exec: "npx --no-install" };
}
