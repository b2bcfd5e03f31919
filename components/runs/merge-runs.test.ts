import { expect, it } from "vitest";
import type { ListRunsResponse, RunSummary } from "@/lib/protocol/http";
import { runsOf, withFirstPage, withRows } from "./merge-runs";

const run = (id: string, status: RunSummary["status"] = "completed"): RunSummary => ({ run_id: id, status }) as RunSummary;
const page = (ids: string, total: number, next: string | null = null): ListRunsResponse => ({
  runs: [...ids].map((id) => run(id)),
  next_cursor: next,
  total,
});
const ids = (pages: ListRunsResponse[]): string =>
  runsOf(pages)
    .map(({ run_id }) => run_id)
    .join("");

it("shows a run once although a page moved down", () => {
  expect(ids([page("cba", 5), page("a9", 5)])).toBe("cba9");
});

it("takes newer rows in where they stand", () => {
  const pages = withRows([page("cb", 4), page("a9", 4)], [run("a", "failed"), run("x", "failed")]);
  expect(ids(pages)).toBe("cba9");
  expect(runsOf(pages).map(({ status }) => status)).toEqual(["completed", "completed", "failed", "completed"]);
});

it("puts what has started since on top and loses nothing further down", () => {
  const pages = withFirstPage([page("cba", 5, "a"), page("98", 5)], page("edc", 7, "c"));
  expect(ids(pages)).toBe("edcba98");
  expect(pages[0]).toMatchObject({ total: 7, next_cursor: "a" });
});

it("begins anew when a whole page has started since: there may be more between", () => {
  const pages = withFirstPage([page("cba", 5, "a"), page("98", 5)], page("xyz", 30, "z"));
  expect(ids(pages)).toBe("xyz");
  expect(pages[0]?.next_cursor).toBe("z");
});

it("fills an empty list", () => {
  expect(ids(withFirstPage([page("", 0)], page("a", 1)))).toBe("a");
  expect(ids(withFirstPage([page("", 0)], page("", 0)))).toBe("");
});
