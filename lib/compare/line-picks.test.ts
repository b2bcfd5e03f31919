import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Choice, choicesOf, compose, settleChoices } from "./compose";
import type { FileVersions } from "./file-versions";
import { allPicks, hunkLines, type PickedLines } from "./line-picks";
import { type FileMap, mapFile } from "./map-file";
import { outlineFile } from "./outline";
import { originRanges } from "./provenance";
import type { Cluster, Row } from "./rows";
import { inTheWay, pickLines, ticksOf } from "./ticks";

const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join("");
function map(base: string, ...variations: string[]): FileMap {
  return mapFile({ path: "f.ts", base: { kind: "text", text: base }, variations: variations.map((one) => ({ kind: "text", text: one })) });
}
function made(file: FileMap, choices: Choice[]) {
  const { content, origins, conflicts, stale } = compose(file, choices);
  return { text: content?.kind === "text" ? content.text : null, ranges: originRanges(origins), conflicts, stale };
}
const pick = (variation: number, row: string, removed: number[], added: number[]): Choice => ({
  row,
  variation,
  lines: { removed, added },
});

describe("single lines of a hunk", () => {
  const base = text("1", "2", "3", "4");

  it("are taken in place where a hunk changes line by line", () => {
    const file = map(base, text("1", "two", "three", "4"));
    const { ranges, ...rest } = made(file, [pick(0, "1-3", [1], [0])]);
    expect(rest).toEqual({ text: text("1", "two", "3", "4"), conflicts: [], stale: [] });
    expect(ranges).toEqual([{ start: 2, end: 2, variations: [0] }]);
    expect(made(file, [pick(0, "1-3", [2], [1])]).text).toBe(text("1", "2", "three", "4"));
    expect(made(file, [pick(0, "1-3", [], [0])]).text).toBe(text("1", "2", "two", "3", "4"));
    expect(made(file, [pick(0, "1-3", [1, 2], [])]).text).toBe(text("1", "4"));
  });

  it("stand after what stays of the old ones, as a diff shows them", () => {
    const file = map(base, text("1", "a", "b", "c", "4"));
    expect(made(file, [pick(0, "1-3", [1], [1])]).text).toBe(text("1", "3", "b", "4"));
    const [row] = file.rows;
    const change = row?.clusters[0]?.change;
    expect(hunkLines(1, 3, change?.kind === "lines" ? change.pieces : [])).toEqual([
      { kind: "removed", line: 1 },
      { kind: "removed", line: 2 },
      { kind: "added", added: 0 },
      { kind: "added", added: 1 },
      { kind: "added", added: 2 },
    ]);
  });

  it("of two versions go together where they touch different lines, each from its own", () => {
    const file = map(base, text("1", "A2", "A3", "4"), text("1", "B2", "B3", "4"));
    const mixed = made(file, [pick(0, "1-3", [1], [0]), pick(1, "1-3", [2], [1])]);
    expect([mixed.text, mixed.conflicts]).toEqual([text("1", "A2", "B3", "4"), []]);
    expect(mixed.ranges).toEqual([
      { start: 2, end: 2, variations: [0] },
      { start: 3, end: 3, variations: [1] },
    ]);
    expect(made(file, [pick(0, "1-3", [1], [0]), pick(1, "1-3", [1], [0])]).conflicts).toHaveLength(1);
    expect(made(file, [{ row: "1-3", variation: 0 }, pick(1, "1-3", [2], [1])]).conflicts).toHaveLength(1);
  });

  it("never run into what follows a last line without an end", () => {
    expect(made(map("a\nb", "a\nb\nc"), [pick(0, "1-2", [], [1])]).text).toBe("a\nb\nc");
    expect(made(map("a\r\nb", "a\r\nc\r\nd"), [pick(0, "1-2", [], [0])]).text).toBe("a\r\nb\r\nc\r\n");
  });

  it("of a new file make a file, and none of them makes none", () => {
    const file = mapFile({ path: "n", base: null, variations: [{ kind: "text", text: text("a", "b") }] });
    const [row] = file.rows;
    expect(made(file, [pick(0, row?.id ?? "", [], [1])]).text).toBe(text("b"));
    expect(made(file, [pick(0, row?.id ?? "", [], [])]).text).toBeNull();
  });

  it("that are not there are stale, never something else", () => {
    const file = map(base, text("1", "two", "three", "4"));
    for (const lost of [pick(0, "1-3", [0], []), pick(0, "1-3", [], [2])]) expect(made(file, [lost]).stale).toEqual([lost]);
  });

  it("settle into the whole version, one choice, or nothing", () => {
    const file = map(base, text("1", "two", "three", "4"));
    const whole = { row: "1-3", variation: 0 };
    expect(settleChoices(file, [pick(0, "1-3", [2, 1, 1], [1, 0])])).toEqual([whole]);
    expect(settleChoices(file, [pick(0, "1-3", [2], [1]), pick(0, "1-3", [1], [0])])).toEqual([whole]);
    expect(settleChoices(file, [pick(0, "1-3", [], [])])).toEqual([]);
    expect(settleChoices(file, [pick(0, "1-3", [2], []), pick(0, "1-3", [1], [])])).toEqual([pick(0, "1-3", [1, 2], [])]);
  });

  it("take the place of just those lines that they touch, which is said before", () => {
    const file = map(base, text("1", "A2", "A3", "4"), text("1", "B2", "B3", "4"));
    const outline = outlineFile(file);
    const [mine, theirs] = [0, 1].map((variation) => ticksOf(outline, [{ row: "1-3", variation }]));
    const wanted = theirs?.[0];
    if (mine === undefined || wanted === undefined) throw new Error("nothing to tick");
    const lines = { removed: [1], added: [0] };
    expect(inTheWay(mine, { ...wanted, lines })).toEqual(mine);
    const choices = pickLines(mine, wanted, lines);
    expect(made(file, choices)).toMatchObject({ text: text("1", "B2", "A3", "4"), conflicts: [] });
    expect(inTheWay(ticksOf(outline, choices), { ...wanted, lines })).toEqual([]);
    expect(pickLines(ticksOf(outline, choices), wanted, { removed: [], added: [] })).toHaveLength(1);
  });
});

const line = fc.constantFrom("a\n", "b\n", "c\n", "d\n", "}\n", 'import "x";\n', 'import "y";\n', "a\r\n");
const ending = fc.constantFrom("", "", "end");
const content = fc.tuple(fc.array(line, { maxLength: 10 }), ending).map(([lines, last]) => lines.join("") + last);
function editOf(original: string): fc.Arbitrary<string> {
  const edit = fc.record({ at: fc.nat(10), remove: fc.nat(4), add: fc.array(line, { maxLength: 4 }) });
  return fc.array(edit, { maxLength: 3 }).map((edits) => {
    const lines = original.split(/(?<=\n)/);
    for (const { at, remove, add } of edits) lines.splice(Math.min(at, lines.length), remove, ...add);
    return lines.map((one, index) => (index < lines.length - 1 && !one.endsWith("\n") ? `${one}\n` : one)).join("");
  });
}
const files: fc.Arbitrary<FileVersions> = fc
  .oneof({ weight: 6, arbitrary: content }, { weight: 1, arbitrary: fc.constant(null) })
  .chain((base) =>
    fc.array(base === null ? content : editOf(base), { minLength: 1, maxLength: 4 }).map((texts) => ({
      path: "f",
      base: base === null ? null : { kind: "text" as const, text: base },
      variations: texts.map((one) => ({ kind: "text" as const, text: one })),
    })),
  );

interface Version {
  row: Row;
  cluster: Cluster;
  all: PickedLines;
}
function versionsOf({ rows }: FileMap): Version[] {
  return rows.flatMap((row) =>
    row.clusters.flatMap((cluster) => {
      // A new file without a line has nothing to pick.
      const lines = cluster.added + cluster.removed > 0;
      return cluster.change.kind === "lines" && lines ? [{ row, cluster, all: allPicks(cluster.change.pieces) }] : [];
    }),
  );
}

/** The same cases everywhere. `PROPERTY_SEED` tries others. */
const RUNS = { numRuns: 1_000, seed: Number(process.env.PROPERTY_SEED ?? 7) };
/** A file, and for each changed line whether it is ticked. */
const picked = fc.tuple(
  files,
  fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }),
);

/** Choices of lines, one for each version of which something is ticked. */
function choicesBy(versions: readonly Version[], ticked: readonly boolean[]): Choice[] {
  let next = 0;
  const isTicked = (): boolean => ticked[next++ % ticked.length] ?? false;
  return versions.flatMap(({ row, cluster, all }): Choice[] => {
    const lines = { removed: all.removed.filter(isTicked), added: all.added.filter(isTicked) };
    return [{ row: row.id, cluster: cluster.id, lines }];
  });
}

describe("picking lines of any hunks", () => {
  it("all of a hunk is the hunk, all of every hunk of a variation is its file, and none is the base", () => {
    fc.assert(
      fc.property(files, (versions) => {
        const file = mapFile(versions);
        versions.variations.forEach((_, variation) => {
          const whole = choicesOf(file, variation);
          const byLine = whole.map((choice): Choice => {
            const cluster = file.rows.find(({ id }) => id === choice.row)?.clusters.find((one) => one.variations.includes(variation));
            return cluster?.change.kind === "lines" ? { ...choice, lines: allPicks(cluster.change.pieces) } : choice;
          });
          const [expected, actual] = [compose(file, whole), compose(file, byLine)];
          expect(actual).toEqual(expected);
          const version = versions.variations[variation];
          if (version?.kind === "text") expect(actual.content).toEqual({ kind: "text", text: version.text });
          const none = byLine.map((choice) => ({ ...choice, lines: { removed: [], added: [] } }));
          const lineless = none.filter((choice) =>
            versionsOf(file).some(({ row, cluster }) => row.id === choice.row && cluster.variations.includes(variation)),
          );
          expect(compose(file, lineless)).toEqual(compose(file, []));
        });
      }),
      RUNS,
    );
  });

  it("gives what was picked and nothing else, whole lines, each from those who wrote it", () => {
    fc.assert(
      fc.property(picked, ([versions, ticked]) => {
        const file = mapFile(versions);
        const [first] = versionsOf(file);
        if (first === undefined) return;
        const [choice] = choicesBy([first], ticked);
        if (choice?.lines === undefined || first.cluster.change.kind !== "lines") return;
        const { content: result, origins, conflicts, stale } = compose(file, [choice]);
        expect([conflicts, stale]).toEqual([[], []]);
        const own = first.cluster.change.pieces.flatMap(({ lines }) => [...lines]);
        const added = choice.lines.added.map((at) => own[at]?.replace(/\r?\n$/, ""));
        const lines = result?.kind === "text" ? result.text.split(/(?<=\n)/).filter(Boolean) : [];
        if (result !== null) expect(origins).toHaveLength(lines.length);
        const from = lines.filter((_, at) => origins[at]?.from === "variations").map((one) => one.replace(/\r?\n$/, ""));
        expect(from).toEqual(added);
        const kept = origins.flatMap((origin) => (origin.from === "base" ? [origin.line] : []));
        const baseCount = versions.base?.kind === "text" ? versions.base.text.split(/(?<=\n)/).filter(Boolean).length : 0;
        const gone = new Set(choice.lines.removed);
        expect(kept).toEqual(Array.from({ length: baseCount }, (_, at) => at).filter((at) => !gone.has(at)));
      }),
      RUNS,
    );
  });

  it("does not depend on the order of the ticks where they do not exclude each other", () => {
    fc.assert(
      fc.property(picked, ([versions, ticked, order]) => {
        const file = mapFile(versions);
        const all = choicesBy(versionsOf(file), ticked);
        const { conflicts } = compose(file, all);
        const fitting = all.filter((choice) => !conflicts.some((one) => sameVersion(one.choice, choice)));
        const expected = compose(file, fitting);
        expect(expected.conflicts).toEqual([]);
        const single = fitting.flatMap(({ lines, ...choice }): Choice[] => [
          ...(lines?.removed ?? []).map((one) => ({ ...choice, lines: { removed: [one], added: [] } })),
          ...(lines?.added ?? []).map((one) => ({ ...choice, lines: { removed: [], added: [one] } })),
        ]);
        const shuffled = single.map((choice, at) => ({ choice, key: order[at % order.length] ?? 0 })).sort((a, b) => a.key - b.key);
        expect(
          compose(
            file,
            shuffled.map(({ choice }) => choice),
          ),
        ).toEqual(expected);
      }),
      RUNS,
    );
  });

  it("says on the outline what composing would refuse, and picking makes room for it", () => {
    fc.assert(
      fc.property(picked, ([versions, ticked]) => {
        const file = mapFile(versions);
        const outline = outlineFile(file);
        let choices: Choice[] = [];
        for (const choice of choicesBy(versionsOf(file), ticked)) {
          const [wanted] = ticksOf(outline, [choice]);
          if (wanted?.lines === undefined || wanted.lines.removed.length + wanted.lines.added.length === 0) continue;
          const ticks = ticksOf(outline, choices);
          const refused = compose(file, [...choices, choice]).conflicts.length > 0;
          const [settled] = settleChoices(file, [choice]);
          const blocked = inTheWay(ticks, ticksOf(outline, settled === undefined ? [] : [settled])[0] ?? wanted).length > 0;
          expect(blocked).toBe(refused);
          choices = pickLines(ticks, wanted, wanted.lines);
          expect(compose(file, choices).conflicts).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});

function sameVersion(one: Choice, other: Choice): boolean {
  return one.row === other.row && "cluster" in one && "cluster" in other && one.cluster === other.cluster;
}
