import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test } from "@playwright/test";
import { prove } from "./truth/prove";
import { isThere, runners } from "./truth/runners";
import { nodeFiles, nodeStory } from "./truth/stories/shop-node";
import { pythonFiles, pythonStory } from "./truth/stories/shop-python";
import { rustFiles, rustStory } from "./truth/stories/shop-rust";
import type { Story } from "./truth/story";
import { writeRepository } from "./truth/write-repository";

/** Five variations that agree, partly agree, conflict, break tests and add tests, in three languages. */
const stories: [language: string, files: Record<string, string>, story: Story][] = [
  ["JavaScript", nodeFiles, nodeStory],
  ["Python", pythonFiles, pythonStory],
  ["Rust", rustFiles, rustStory],
];

for (const [language, files, story] of stories) {
  test(`${language}: map, gates, matrix and composition say what git and the runner say`, async () => {
    test.setTimeout(600_000);
    const { needs } = runners[story.runner];
    test.skip(!isThere(story.runner), `This machine has no ${needs} in its system's folders.`);
    const repository = writeRepository(files);
    try {
      const { counts, faults } = await prove(repository, story);
      expect(faults).toEqual([]);
      expect(Object.keys(counts())).toEqual([
        "blobs",
        "composition",
        "gates",
        "map",
        "matrix",
        "pairs",
        "rows",
        "story",
        "tests",
        "texts",
        "trees",
      ]);
    } finally {
      rmSync(dirname(repository), { recursive: true, force: true });
    }
  });
}
