import type { CheckKind, DetectedCheck, ProjectTree } from "./detected-check";

/** Targets by kind, the usual name first. */
const targets: Record<CheckKind, string[]> = {
  test: ["test", "tests", "unit-test", "unit", "check"],
  lint: ["lint", "linters"],
  types: ["typecheck", "type-check", "types", "mypy"],
  build: ["build", "compile"],
  coverage: ["coverage", "cover", "test-coverage"],
};
const RULE = /^([A-Za-z0-9][\w.-]*)(?:[ \t]+[A-Za-z0-9][\w.-]*)*[ \t]*::?(?!=)/gm;

/** The targets of a Makefile. Read as text: to ask Make itself would run what the file says. */
export function detectMakeChecks(tree: ProjectTree): DetectedCheck[] {
  // In the order in which GNU Make looks for them.
  const from = ["GNUmakefile", "makefile", "Makefile"].find((path) => tree.has(path));
  const text = from === undefined ? undefined : tree.read(from);
  if (from === undefined || text === undefined) return [];
  const defined = new Set([...text.matchAll(RULE)].flatMap(([rule]) => rule.replace(/[ \t]*:+$/, "").split(/[ \t]+/)));
  return (Object.keys(targets) as CheckKind[]).flatMap((kind) => {
    const target = targets[kind].find((name) => defined.has(name));
    return target === undefined ? [] : [{ id: `make:${kind}`, kind, command: `make ${target}`, from }];
  });
}
