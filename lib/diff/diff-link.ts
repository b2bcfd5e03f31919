import { sourceName, variationLetter } from "../run/select";
import type { RunState, SnapshotMark, VariationState } from "../run/state";
import { turnsOf } from "../run/trees";
import { type DiffSide, formatSide, parseSide, type VariationSide } from "./diff-side";

/** A line of one of the two sides, counted from 1. */
export interface DiffLine {
  side: "left" | "right";
  number: number;
}

/** What a link to a diff says; what it leaves out is chosen by the page. */
export interface DiffLink {
  left?: DiffSide;
  right?: DiffSide;
  file?: string;
  line?: DiffLine;
}

/** Reads `?left=…&right=…&file=…&line=…`; a line is `12` on the right side, `L12` on the left one. What is wrong counts as not said. */
export function parseDiffLink(search: Pick<URLSearchParams, "get">, variations: number): DiffLink {
  const [, left, number] = /^(L?)([1-9]\d{0,8})$/.exec(search.get("line") ?? "") ?? [];
  const file = search.get("file");
  return {
    left: parseSide(search.get("left"), variations),
    right: parseSide(search.get("right"), variations),
    file: file === null || file === "" ? undefined : file,
    line: number === undefined ? undefined : { side: left === "L" ? "left" : "right", number: Number(number) },
  };
}

/** Writes what is given into a query; a key that is there with `undefined` is taken out. */
export function writeDiffLink(query: URLSearchParams, link: DiffLink): void {
  const put = (name: string, value: string | undefined): void => (value === undefined ? query.delete(name) : query.set(name, value));
  if ("left" in link) put("left", link.left && formatSide(link.left));
  if ("right" in link) put("right", link.right && formatSide(link.right));
  if ("file" in link) put("file", link.file);
  if ("line" in link) put("line", link.line && `${link.line.side === "left" ? "L" : ""}${link.line.number}`);
}

/** `base`, `A`, `A, turn 1`, `A, snapshot 3`, `Composition 1`. */
export function sideLabel(side: DiffSide): string {
  if (side === "base") return "base";
  if ("composition" in side) return sourceName(side);
  const letter = variationLetter(side.variation);
  if (side.turn !== undefined) return `${letter}, turn ${side.turn}`;
  return side.snapshot === undefined ? letter : `${letter}, snapshot ${side.snapshot}`;
}

/** The commit that a side stands for now; undefined while there is none. Snapshots never change, what a letter stands for does. */
export function sideCommit(run: RunState, side: DiffSide): string | undefined {
  if (side === "base") return run.base?.commit;
  if ("composition" in side)
    return run.compositions.find(({ number, deleted }) => number === side.composition && !deleted)?.snapshot?.commit;
  const variation = run.variations[side.variation];
  if (variation === undefined) return undefined;
  return side.turn === undefined && side.snapshot === undefined ? variation.snapshot?.commit : sideMark(variation, side)?.commit;
}

/** The snapshot of a side that names one; undefined for a letter alone, and for what is not there. */
export function sideMark(variation: VariationState, side: VariationSide): SnapshotMark | undefined {
  if (side.turn !== undefined) return turnsOf(variation)[side.turn - 1];
  return side.snapshot === undefined ? undefined : variation.snapshots[side.snapshot - 1];
}

export function sameSide(one: DiffSide, other: DiffSide): boolean {
  return formatSide(one) === formatSide(other);
}
