import type { CheckKind, DetectedCheck, ProjectTree } from "./detected-check";
import { checkKinds, manifestOf, scriptFor, scriptsOf } from "./script-names";

const tools: [CheckKind, string[], string][] = [
  ["test", ["phpunit.xml", "phpunit.xml.dist"], "vendor/bin/phpunit"],
  ["types", ["phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"], "vendor/bin/phpstan analyse --no-progress"],
  ["lint", ["phpcs.xml", "phpcs.xml.dist", ".phpcs.xml", ".phpcs.xml.dist"], "vendor/bin/phpcs"],
];

/** Scripts of a composer.json, else the tools that have a configuration. */
export function detectPhpChecks(tree: ProjectTree): DetectedCheck[] {
  const manifest = manifestOf(tree.read("composer.json"));
  if (manifest === undefined) return [];
  const scripts = scriptsOf(manifest);
  return checkKinds.flatMap((kind): DetectedCheck[] => {
    const script = scriptFor(kind, scripts);
    if (script !== undefined) return [{ id: `composer:${kind}`, kind, command: `composer run-script ${script}`, from: "composer.json" }];
    const tool = tools.find(([of, files]) => of === kind && files.some((file) => tree.has(file)));
    if (tool === undefined) return [];
    return [{ id: `composer:${kind}`, kind, command: tool[2], from: tool[1].find((file) => tree.has(file)) ?? "" }];
  });
}
