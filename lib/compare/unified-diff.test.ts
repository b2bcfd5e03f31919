import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mapFile } from "./map-file";
import { applyHunks, parseUnifiedDiff } from "./unified-diff";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "aideator-unified-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `git diff` prints of two texts. */
function gitDiff(before: string, after: string, ...options: string[]): string {
  writeFileSync(join(folder, "before"), before);
  writeFileSync(join(folder, "after"), after);
  try {
    return execFileSync("git", ["diff", "--no-index", ...options, "before", "after"], {
      cwd: folder,
      encoding: "utf8",
    });
  } catch (error) {
    // It ends with 1 where the files differ.
    return (error as { stdout: string }).stdout;
  }
}

const numbered = Array.from({ length: 80 }, (_, index) => `line ${index % 17}\n`).join("");
const cases: [string, string][] = [
  [numbered, numbered.replace("line 3\n", "three\n").replace(/line 9\n(?=line 10\nline 11)/g, "")],
  [numbered, `first\n${numbered}last`],
  ["a\nb", "a\nb\nc"],
  ["a\nb\n", "a\nb"],
  ["a\r\nb\r\n", "a\nb\r\n"],
  ["", "new\n"],
  ["gone\n", ""],
  ["-- old\n++ x\n", "++ new\n-- old\n"],
];

describe("a unified diff of git", () => {
  const ways = [[], ["-U0"], ["-U10"], ["--patience"], ["--histogram"], ["--minimal", "--no-indent-heuristic"]];

  it.each(ways)("gives the text that it was made from, and so the same map (%s)", (...options) => {
    for (const [before, after] of cases) {
      const patched = applyHunks(before, parseUnifiedDiff(gitDiff(before, after, ...options)));
      expect(patched).toBe(after);
      const map = (text: string) =>
        mapFile({
          path: "f",
          base: { kind: "text", text: before },
          variations: [
            { kind: "text", text },
            { kind: "text", text: after },
          ],
        });
      expect(map(patched)).toEqual(map(after));
      expect(map(patched).mark).toBe("all");
    }
  });

  it("is refused where it does not fit or is not whole", () => {
    const hunks = parseUnifiedDiff(gitDiff("a\nb\nc\n", "a\nB\nc\n"));
    expect(() => applyHunks("a\nx\nc\n", hunks)).toThrow("line 2 of the base is another one");
    expect(() => applyHunks("a\nb\n", hunks)).toThrow("line 3 of the base is another one");
    expect(() => applyHunks("a\nb\nc\n", [...hunks, ...hunks])).toThrow("out of order");
    expect(() => parseUnifiedDiff("@@ -1,3 +1,3 @@\n a\n")).toThrow("ends too early");
  });
});
