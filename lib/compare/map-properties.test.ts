import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { choicesOf, compose } from "./compose";
import type { FileVersion, FileVersions } from "./file-versions";
import { type FileMap, mapFile } from "./map-file";
import { summarizeFile } from "./summarize-file";

/** Few different lines, so that variations agree, collide and insert in the same places; imports, blank lines and a line end of its own. */
const line = fc.constantFrom("a\n", "b\n", "c\n", "d\n", "}\n", "\n", 'import "x";\n', 'import "y";\n', "a\r\n", " a\n");
const ending = fc.constantFrom("", "", "end", "a");
const text = fc.tuple(fc.array(line, { maxLength: 14 }), ending).map(([lines, last]) => lines.join("") + last);

/** A text with a few lines replaced, added or removed. */
function editOf(original: string): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(14), remove: fc.nat(3), add: fc.array(line, { maxLength: 3 }) });
  return fc.tuple(fc.array(edit, { maxLength: 3 }), fc.boolean()).map(([edits, cut]) => {
    const lines = original.split(/(?<=\n)/);
    for (const { at, remove, add } of edits) lines.splice(Math.min(at, lines.length), remove, ...add);
    const terminated = lines.map((one, index) => (index < lines.length - 1 && !one.endsWith("\n") ? `${one}\n` : one));
    const joined = terminated.join("");
    return cut ? joined.replace(/\n$/, "") : joined;
  });
}

function versionOf(base: string | null): fc.Arbitrary<FileVersion> {
  const content = base === null ? text : editOf(base);
  const about = fc.record({ path: fc.constantFrom(undefined, undefined, "g", "h"), mode: fc.constantFrom(undefined, undefined, "100755") });
  return fc.oneof(
    { weight: 6, arbitrary: content.map((written): FileVersion => ({ kind: "text", text: written })) },
    { weight: 1, arbitrary: fc.tuple(content, about).map(([written, rest]): FileVersion => ({ kind: "text", text: written, ...rest })) },
    { weight: 1, arbitrary: fc.constantFrom<FileVersion>({ kind: "untouched" }, { kind: "deleted" }, { kind: "unknown" }) },
    { weight: 1, arbitrary: fc.constantFrom<FileVersion>({ kind: "binary", id: "1" }, { kind: "binary", id: "2" }) },
  );
}

const file: fc.Arbitrary<FileVersions> = fc
  .oneof({ weight: 5, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) })
  .chain((base) =>
    fc.array(versionOf(base), { minLength: 1, maxLength: 5 }).map((variations) => ({
      path: "f",
      base: base === null ? null : { kind: "text", text: base, mode: "100644" },
      variations,
    })),
  );

/** What a map says, free of the order of the variations: names instead of indexes and numbers. */
function free(map: FileMap, names: readonly number[]) {
  const { rows, mark, markUpToSpace, markUpToImports } = map;
  const marks = summarizeFile(map, names.length).marks.exact;
  const name = (variation: number): number => names[variation] ?? -1;
  return {
    mark: [mark, markUpToSpace, markUpToImports],
    marks: Object.fromEntries(marks.map((one, variation) => [name(variation), one])),
    rows: rows.map((row) => ({
      row: [row.id, row.mark, row.markUpToSpace, row.markUpToImports],
      cells: Object.fromEntries(row.cells.map((one, variation) => [name(variation), one])),
      clusters: Object.fromEntries(
        row.clusters.map(({ variations, id, added, removed, excludes, likeUpToSpace, likeUpToImports }) => [
          variations.map(name).sort().join(),
          {
            excludes: excludes.map((number) => row.clusters[number - 1]?.id).sort(),
            alike: [
              row.clusters.filter((other) => other.likeUpToSpace === likeUpToSpace),
              row.clusters.filter((other) => other.likeUpToImports === likeUpToImports),
            ].map((others) => others.map((other) => other.id).sort()),
            id,
            added,
            removed,
          },
        ]),
      ),
    })),
  };
}

/** The same cases everywhere: what fails here fails for everybody. `PROPERTY_SEED` tries others. */
const RUNS = { numRuns: 1_500, seed: Number(process.env.PROPERTY_SEED ?? 7) };

describe("the map of any variations", () => {
  it("gives each variation's file back when all its rows are taken, and the base when none is", () => {
    fc.assert(
      fc.property(file, (versions) => {
        const map = mapFile(versions);
        const { base } = versions;
        const none = compose(map, []);
        expect(none.content).toEqual(base === null ? null : { kind: "text", text: base.kind === "text" ? base.text : "" });
        versions.variations.forEach((version, variation) => {
          const { content, path, mode, conflicts, stale, origins } = compose(map, choicesOf(map, variation));
          expect([conflicts, stale]).toEqual([[], []]);
          if (version.kind === "untouched" || version.kind === "unknown") return expect(content).toEqual(none.content);
          if (version.kind === "deleted") return expect(content).toBeNull();
          const { path: newPath = "f", mode: newMode = base?.mode, ...expected } = version;
          expect({ content, path }).toEqual({ content: expected, path: newPath });
          if (newMode !== undefined) expect(mode).toBe(newMode);
          if (content?.kind === "text") expect(origins).toHaveLength(content.text.split(/(?<=\n)/).filter(Boolean).length);
        });
      }),
      RUNS,
    );
  });

  it("does not depend on the order of the variations", () => {
    const shuffled = file.chain((versions) => {
      const indexes = versions.variations.map((_, index) => index);
      return fc.tuple(fc.constant(versions), fc.shuffledSubarray(indexes, { minLength: indexes.length }));
    });
    fc.assert(
      fc.property(shuffled, ([versions, order]) => {
        const variations = order.map((index) => versions.variations[index] ?? { kind: "unknown" as const });
        const identity = order.map((_, index) => index);
        expect(free(mapFile({ ...versions, variations }), order)).toEqual(free(mapFile(versions), identity));
      }),
      RUNS,
    );
  });

  it("has all agree where all made the same", () => {
    const same = file.chain((versions) =>
      fc.integer({ min: 2, max: 5 }).map((count) => ({
        ...versions,
        variations: Array.from({ length: count }, () => versions.variations[0] ?? { kind: "untouched" as const }),
      })),
    );
    fc.assert(
      fc.property(same, (versions) => {
        const { rows, mark } = mapFile(versions);
        const unchanged = rows.length === 0;
        expect(mark).toBe(unchanged ? "none" : "all");
        for (const row of rows) expect([row.clusters.length, row.mark]).toEqual([1, "all"]);
      }),
      RUNS,
    );
  });

  it("marks a row of lines as a conflict only where not all of it can be taken, and composes any choice of the rest", () => {
    fc.assert(
      fc.property(file, (versions) => {
        const map = mapFile(versions);
        for (const row of map.rows) {
          if (row.clusters.length > 1) expect(row.clusters.some(({ excludes }) => excludes.length > 0)).toBe(true);
          for (const one of row.clusters) {
            for (const number of one.excludes) expect(row.clusters[number - 1]?.excludes).toContain(one.number);
          }
        }
        const lines = map.rows.filter(({ kind }) => kind === "lines");
        const choices = lines.map((row, index) => ({ row: row.id, cluster: row.clusters[index % row.clusters.length]?.id ?? "" }));
        const { content, origins, conflicts, stale } = compose(map, choices);
        expect([conflicts, stale]).toEqual([[], []]);
        // Whatever is put together from rows still consists of whole lines: nothing runs into what follows it.
        if (content?.kind === "text") expect(origins).toHaveLength(content.text.split(/(?<=\n)/).filter(Boolean).length);
      }),
      RUNS,
    );
  });
});
