import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { prove } from "./prove";
import type { Story } from "./story";

/** Proves a story of your own on a repository of your own: `npx tsx e2e/truth/main.ts --repo PATH --variations STORY.json`. */
const { values } = parseArgs({ options: { repo: { type: "string" }, variations: { type: "string" } } });
if (values.repo === undefined || values.variations === undefined) {
  console.error("Give --repo with a clean checkout and --variations with a story (e2e/truth/story.ts) as JSON.");
  process.exit(2);
}
const story = JSON.parse(readFileSync(values.variations, "utf8")) as Story;
const { counts, faults } = await prove(resolve(values.repo), story, (line) => console.log(line));
console.log(`compared: ${JSON.stringify(counts())}`);
console.log(faults.length === 0 ? "all of it is true" : `${faults.length} differ`);
process.exitCode = faults.length === 0 ? 0 : 1;
