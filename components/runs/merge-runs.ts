import type { ListRunsResponse, RunSummary } from "@/lib/protocol/http";

/** Every run of the pages once, newest first as they came. A run that started between two pages moves the rest down. */
export function runsOf(pages: readonly ListRunsResponse[]): RunSummary[] {
  return [...new Map(pages.flatMap(({ runs }) => runs).map((run) => [run.run_id, run])).values()];
}

/** The pages with newer rows of the runs that they hold; nothing else changes, and nothing where no row did. */
export function withRows(pages: readonly ListRunsResponse[], rows: readonly RunSummary[]): ListRunsResponse[] {
  const fresh = new Map(rows.map((run) => [run.run_id, run]));
  return pages.map((page) => ({ ...page, runs: page.runs.map((run) => fresh.get(run.run_id) ?? run) }));
}

/** The pages with what a newer first page has: its rows, and above them the runs that have started since. */
export function withFirstPage(pages: readonly ListRunsResponse[], first: ListRunsResponse): ListRunsResponse[] {
  const known = new Set(runsOf(pages).map(({ run_id }) => run_id));
  const begun = first.runs.filter(({ run_id }) => !known.has(run_id));
  const [top, ...rest] = withRows(pages, first.runs);
  // So many at once that some may stand between them and what is here: then from the beginning.
  if (top === undefined || begun.length === first.runs.length) return [first];
  return [{ ...top, runs: [...begun, ...top.runs], total: first.total }, ...rest];
}
