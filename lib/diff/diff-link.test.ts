import { describe, expect, it } from "vitest";
import { emptyRun, type RunState, type SnapshotMark } from "../run/state";
import { type DiffLink, parseDiffLink, sideCommit, sideLabel, writeDiffLink } from "./diff-link";
import { formatSide, parseSide } from "./diff-side";

const read = (query: string) => parseDiffLink(new URLSearchParams(query), 3);

describe("parseDiffLink", () => {
  it("reads sides, file and line", () => {
    expect(read("left=a@turn-1&right=c@12&file=src/a%20b.ts&line=12")).toEqual({
      left: { variation: 0, turn: 1 },
      right: { variation: 2, snapshot: 12 },
      file: "src/a b.ts",
      line: { side: "right", number: 12 },
    });
    expect(read("line=L7").line).toEqual({ side: "left", number: 7 });
  });

  it("takes what makes no sense for not said", () => {
    for (const query of ["left=d", "left=A", "right=a@0", "right=a@turn-", "line=0", "line=R3", "file="]) {
      expect(read(query), query).toEqual({ left: undefined, right: undefined, file: undefined, line: undefined });
    }
  });

  it("reads what was written", () => {
    const links: DiffLink[] = [
      { left: "base", right: { variation: 1 }, file: "ä/#?.ts", line: { side: "left", number: 3 } },
      { left: { variation: 2, turn: 4 }, right: { variation: 0, snapshot: 9 }, file: "x", line: { side: "right", number: 1 } },
    ];
    for (const link of links) {
      const query = new URLSearchParams();
      writeDiffLink(query, link);
      expect(read(query.toString())).toEqual(link);
    }
  });
});

describe("writeDiffLink", () => {
  it("keeps what it is not told of, and takes out what is undefined", () => {
    const query = new URLSearchParams("tab=diff&file=a&line=3");
    writeDiffLink(query, { right: { variation: 1 }, line: undefined });
    expect(query.toString()).toBe("tab=diff&file=a&right=b");
  });
});

describe("sides", () => {
  const mark = (seq: number, reason: SnapshotMark["reason"]): SnapshotMark => ({
    seq,
    at: seq,
    attempt: 0,
    commit: `c${seq}`,
    tree: `t${seq}`,
    reason,
  });
  const run = {
    ...emptyRun("r"),
    base: { commit: "c0", submodules: 0, lfsPointers: 0 },
    variations: [{ index: 0, snapshot: { commit: "c3" }, snapshots: [mark(1, "tool"), mark(2, "final"), mark(3, "tool")] }],
  } as unknown as RunState;

  it("stand for the base, the newest tree, a snapshot or the end of a turn", () => {
    const commits = ["base", "a", "a@1", "a@3", "a@turn-1", "a@turn-2", "a@4"].map((side) => sideCommit(run, parseSide(side, 1) ?? "base"));
    expect(commits).toEqual(["c0", "c3", "c1", "c3", "c2", undefined, undefined]);
  });

  it("are named for people and for addresses", () => {
    expect(["base", "b", "b@turn-2", "b@3"].map((side) => sideLabel(parseSide(side, 2) ?? "base"))).toEqual([
      "base",
      "B",
      "B, turn 2",
      "B, snapshot 3",
    ]);
    expect(formatSide({ variation: 4, snapshot: 2 })).toBe("e@2");
  });
});
