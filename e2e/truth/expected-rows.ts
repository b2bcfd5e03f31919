import type { GitHunk } from "./plain-git";

/** A place of a file as it follows from the hunks of git alone. */
export interface ExpectedRow {
  start: number;
  end: number;
  /** By variation: its lines there; null where it left the place alone. */
  texts: (readonly string[] | null)[];
}

/**
 * Puts hunks that meet together: those that share a line of the base, and insertions that touch what another one changes. The definition is that
 * of the documentation (ADR 022); nothing of the product's own code is used.
 */
export function expectedRows(base: readonly string[], byVariation: readonly (readonly GitHunk[])[]): ExpectedRow[] {
  const all = byVariation.flatMap((hunks, variation) => hunks.map((hunk) => ({ ...slideDown(base, hunk), variation })));
  all.sort((one, other) => one.start - other.start || one.end - other.end);
  const groups: (typeof all)[] = [];
  for (const hunk of all) {
    const met = groups.filter((group) => group.some((other) => meet(hunk, other)));
    const joined = [...met.flat(), hunk];
    for (const group of met) groups.splice(groups.indexOf(group), 1);
    groups.push(joined);
  }
  return groups
    .map((group): ExpectedRow => {
      const start = Math.min(...group.map((hunk) => hunk.start));
      const end = Math.max(...group.map((hunk) => hunk.end));
      const texts = byVariation.map((_, variation) => {
        const own = group.filter((hunk) => hunk.variation === variation);
        return own.length === 0 ? null : applied(base, own, start, end);
      });
      return { start, end, texts };
    })
    .sort((one, other) => one.start - other.start || one.end - other.end);
}

export function meet(one: GitHunk, other: GitHunk): boolean {
  const [oneAdds, otherAdds] = [one.start === one.end, other.start === other.end];
  if (oneAdds || otherAdds) return one.start <= other.end && other.start <= one.end;
  return one.start < other.end && other.start < one.end;
}

/** Whether they have no line between them. */
export function touch(one: GitHunk, other: GitHunk): boolean {
  return one.start <= other.end && other.start <= one.end;
}

function applied(base: readonly string[], hunks: readonly GitHunk[], start: number, end: number): string[] {
  const lines: string[] = [];
  let at = start;
  for (const hunk of [...hunks].sort((one, other) => one.start - other.start)) {
    lines.push(...base.slice(at, hunk.start), ...hunk.lines);
    at = hunk.end;
  }
  return [...lines, ...base.slice(at, end)];
}

/** What only adds or only removes may stand in several places that give the same text: the last of them is meant. */
function slideDown(base: readonly string[], hunk: GitHunk): GitHunk {
  let { start, end } = hunk;
  let lines = [...hunk.lines];
  if (start !== end && lines.length > 0) return hunk;
  while (end < base.length && (start === end ? lines[0] : base[start]) === base[end]) {
    lines = start === end ? [...lines.slice(1), base[end] ?? ""] : lines;
    [start, end] = [start + 1, end + 1];
  }
  return { start, end, lines };
}

export type ExpectedMark = "all" | "some" | "only" | "conflict" | "none";

/** From what the variations say in one place; `known` of them have a tree. */
export function markOfTexts(texts: readonly (string | null)[], known: number): ExpectedMark {
  const said = texts.filter((text) => text !== null);
  const kinds = new Set(said);
  if (kinds.size === 0) return "none";
  if (kinds.size > 1) return "conflict";
  return said.length === 1 ? "only" : said.length === known ? "all" : "some";
}

const order: readonly ExpectedMark[] = ["none", "all", "some", "only", "conflict"];
export function worst(marks: readonly ExpectedMark[]): ExpectedMark {
  return order[Math.max(0, ...marks.map((mark) => order.indexOf(mark)))] ?? "none";
}
