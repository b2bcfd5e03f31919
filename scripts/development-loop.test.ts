import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { expect, test } from "vitest";
import { sandboxBundles } from "./build.mjs";
import { root } from "./step.mjs";

/** The strings of a list that the Tiltfile names. */
function listOf(tiltfile: string, name: string): string[] {
  const [, items] = new RegExp(`^${name} = \\[([^\\]]*)\\]`, "m").exec(tiltfile) ?? [];
  return [...(items ?? "").matchAll(/'([^']+)'/g)].map(([, item]) => item ?? "");
}

/** The project's own files that a bundle is made of. */
async function sourcesOf(bundle: BuildOptions): Promise<string[]> {
  const { metafile } = await build({ ...bundle, write: false, metafile: true });
  return Object.keys(metafile.inputs).filter((path) => !path.startsWith("node_modules/"));
}

test("the development loop gives the agents' image every source that its programs are bundled from", async () => {
  const listed = listOf(await readFile(join(root, "Tiltfile"), "utf8"), "agent_sources");
  const needed = new Set((await Promise.all((sandboxBundles as BuildOptions[]).map(sourcesOf))).flat());
  expect([...needed].filter((path) => !listed.some((one) => path === one || path.startsWith(`${one}/`)))).toEqual([]);
});

test("the development loop builds the images that its values of the chart name, without a registry", async () => {
  const tiltfile = await readFile(join(root, "Tiltfile"), "utf8");
  const values = await readFile(join(root, "charts/aideator/values-development.yaml"), "utf8");
  const images = [...tiltfile.matchAll(/docker_build\(\s*'([^']+)'/g)].map(([, name]) => name);
  expect(images).toEqual([...values.matchAll(/^\s+repository: (\S+)$/gm)].map(([, name]) => name));
  // Machine and nodes may know one registry under two names: a name that has one of them already would be changed in one place only.
  for (const image of images) expect(image).toMatch(/^aideator\/[a-z]+$/);
});
