import type { FileMap } from "./map-file";
import { type Likeness, likenesses, type Mark, worstMark } from "./mark";
import type { Row } from "./rows";

/** What a list of files says of one. */
export interface FileSummary {
  /** In the base; of a new file, where it was added. */
  path: string;
  mark: Record<Likeness, Mark>;
  /** One per variation: the worst of the rows that it changed. */
  marks: Record<Likeness, Mark[]>;
  /** How many rows bear each mark. */
  rows: Record<Likeness, Record<Exclude<Mark, "none">, number>>;
}

/** The mark of a row or a file, for each way to compare. */
export function marksOf({
  mark,
  markUpToSpace,
  markUpToImports,
}: Pick<Row, "mark" | "markUpToSpace" | "markUpToImports">): Record<Likeness, Mark> {
  return { exact: mark, space: markUpToSpace, imports: markUpToImports };
}

/** See `FileSummary`. */
export function summarizeFile(file: FileMap, variations: number): FileSummary {
  const rows = file.rows.map((row) => ({ cells: row.cells, marks: marksOf(row) }));
  const worstOf = (likeness: Likeness, variation: number): Mark =>
    worstMark(rows.flatMap(({ cells, marks }) => (cells[variation] === "none" ? [] : [marks[likeness]])));
  const marksBy = (likeness: Likeness): Mark[] => Array.from({ length: variations }, (_, variation) => worstOf(likeness, variation));
  const [exact, space, imports] = likenesses.map(marksBy);
  const countsBy = (likeness: Likeness): FileSummary["rows"][Likeness] => {
    const counts = { all: 0, some: 0, only: 0, conflict: 0 };
    for (const { marks } of rows) if (marks[likeness] !== "none") counts[marks[likeness]] += 1;
    return counts;
  };
  return {
    path: file.path,
    mark: marksOf(file),
    marks: { exact: exact ?? [], space: space ?? [], imports: imports ?? [] },
    rows: { exact: countsBy("exact"), space: countsBy("space"), imports: countsBy("imports") },
  };
}
