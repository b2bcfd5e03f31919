import type { ChangedFile } from "@/lib/compare/group-changes";
import { rewrite } from "@/lib/compare/line-rows";
import { baseLines, clusterOf, type FileMap } from "@/lib/compare/map-file";
import { rowTitle } from "@/lib/compare/row-title";
import type { Cluster, Row } from "@/lib/compare/rows";
import { marksOf } from "@/lib/compare/summarize-file";
import type { FileMapResponse, MapCluster, MapRow } from "@/lib/protocol/map";

/** What an answer holds at most: rows, characters of one text, characters of all texts. */
const MAX = { rows: 2_000, text: 20_000, texts: 2_000_000 };

interface AnswerOf {
  base: string;
  commits: readonly (string | null)[];
  /** Rows that the pages before have; 0 where absent. */
  after?: number;
}

/** A page of the map of a file as the API says it; texts beyond a bound are cut. */
export function fileAnswer(changed: ChangedFile, map: FileMap, of: AnswerOf): FileMapResponse {
  const base = baseLines(map.base);
  const { after = 0 } = of;
  const cut = createCutter();
  const places = placesOf(changed, map);
  return {
    path: map.path,
    base_commit: of.base,
    variations: changed.variations.map((version, index) => ({
      commit: of.commits[index] ?? null,
      kind: version.kind === "blob" ? "changed" : version.kind,
      path: version.kind === "blob" ? (version.path ?? map.path) : map.path,
    })),
    known: map.known,
    mark: marksOf(map),
    total: map.rows.length,
    rows: map.rows.slice(after, after + MAX.rows).map((row, index): MapRow => {
      const own = row.kind === "lines" ? base.slice(row.start, row.end).join("") : null;
      return {
        id: row.id,
        kind: row.kind,
        start: row.start,
        end: row.end,
        title: rowTitle(row, base) ?? null,
        text: own === null ? null : cut(own).text,
        mark: marksOf(row),
        cells: changed.variations.map((_, variation) => clusterOf(row, variation)?.number ?? null),
        places: places[after + index] ?? [],
        clusters: row.clusters.map((cluster) => clusterAnswer(cluster, row, base, cut)),
      };
    }),
  };
}

type Cutter = (text: string) => { text: string; truncated: boolean };

function createCutter(): Cutter {
  let left = MAX.texts;
  return (whole) => {
    const text = whole.slice(0, Math.min(MAX.text, left));
    left -= text.length;
    return { text, truncated: text.length < whole.length };
  };
}

function clusterAnswer(cluster: Cluster, row: Row, base: readonly string[], cut: Cutter): MapCluster {
  const whole = textOf(cluster, row, base);
  return {
    id: cluster.id,
    number: cluster.number,
    variations: [...cluster.variations],
    added: cluster.added,
    removed: cluster.removed,
    kind: cluster.change.kind,
    ...(whole === null ? { text: null, truncated: false } : cut(whole)),
    changes:
      cluster.change.kind === "lines" ? cluster.change.pieces.map(({ start, end, lines }) => ({ start, end, added: lines.length })) : [],
    excludes: [...cluster.excludes],
    like_up_to_space: cluster.likeUpToSpace,
    like_up_to_imports: cluster.likeUpToImports,
  };
}

function textOf({ change }: Cluster, row: Row, base: readonly string[]): string | null {
  switch (change.kind) {
    case "lines":
      return rewrite(base, row.start, row.end, change.pieces).join("");
    case "path":
      return change.path;
    case "mode":
      return change.mode;
    case "content":
      return change.content.kind === "text" ? change.content.text : change.content.id;
    case "deleted":
      return null;
  }
}

/** For each row, by variation: where its lines stand in the variation's own text. */
function placesOf({ variations }: ChangedFile, map: FileMap): MapRow["places"][] {
  const content = map.rows.find(({ kind }) => kind === "content");
  const shifts = variations.map(() => 0);
  return map.rows.map((row) =>
    variations.map(({ kind }, variation) => {
      const hasLines = kind !== "unknown" && (content === undefined || clusterOf(content, variation) === undefined);
      if (row.kind !== "lines" || !hasLines) return null;
      const { added = 0, removed = 0 } = clusterOf(row, variation) ?? {};
      const start = row.start + (shifts[variation] ?? 0);
      const end = start + row.end - row.start + added - removed;
      shifts[variation] = (shifts[variation] ?? 0) + added - removed;
      return { start, end };
    }),
  );
}
