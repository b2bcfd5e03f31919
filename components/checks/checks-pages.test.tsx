import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { NowProvider } from "@/components/run/now";
import type { RunChecksResponse } from "@/lib/protocol/checks";
import { CHECKED_RUN_ID, checkedFive } from "@/lib/run/__fixtures__/checked-five";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, type RunState } from "@/lib/run/state";
import { ChecksNotice } from "./checks-notice";
import { CrossMatrix } from "./cross-matrix";
import { gateLines } from "./gate-lines";
import { GatesTable } from "./gates-table";
import { ScoreGates } from "./score-gates";

const run = reduceRun(emptyRun(CHECKED_RUN_ID), checkedFive());
const unchecked: RunState = { ...run, checks: { runs: [], crossTests: [] } };
const html = (element: ReactElement): string =>
  renderToStaticMarkup(
    <QueryClientProvider client={new QueryClient()}>
      <NowProvider initial={0}>{element}</NowProvider>
    </QueryClientProvider>,
  );
const text = (element: ReactElement): string =>
  html(element)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

describe("GatesTable", () => {
  const table = (open?: { line: string; target: string }): ReactElement => (
    <GatesTable run={run} lines={gateLines(run)} open={open} onOpen={() => undefined} />
  );

  it("names every cell, and has one in the order of the Tab key", () => {
    const drawn = html(table());
    expect(drawn).toContain('aria-label="C, Tests, base’s suite: worse than the base, 200 tests of the base pass; 1 broke"');
    expect(drawn).toContain('aria-label="D, Types: no verdict: It took longer than 15 minutes."');
    expect(drawn.match(/tabindex="0"/g)).toHaveLength(1);
  });

  it("opens a cell below its line, with the tests that broke and what they said", () => {
    const drawn = text(table({ line: "npm:test", target: "c" }));
    expect(drawn).toContain("Fail here, passed on the base 1");
    expect(drawn).toContain("waits as long as Retry-After says");
    expect(drawn).toContain("expected 2 to be 2000");
    expect(drawn).toContain("All of it, 4.2 kB");
  });

  it("leads from a finding to its line in the diff", () => {
    expect(html(table({ line: "npm:lint", target: "c" }))).toMatch(
      /href="[^"]*tab=diff&amp;left=base&amp;right=c&amp;file=src%2Fhttp%2Fpolicy\.ts&amp;line=31"/,
    );
  });
});

describe("CrossMatrix", () => {
  it("says that nothing has been run, and how", () => {
    const drawn = text(<CrossMatrix run={unchecked} why={undefined} />);
    expect(drawn).toContain("Run cross-tests");
    expect(drawn).toContain("They have not been run.");
  });

  it("says who wrote no tests", () => {
    expect(text(<CrossMatrix run={run} why={undefined} />)).toContain("D wrote no tests");
  });
});

describe("ChecksNotice", () => {
  const command = { id: "npm:test", name: "Tests", kind: "test" as const, command: "npm test", from: "package.json", enabled: true };
  const known: RunChecksResponse = {
    available: { possible: true, reason: null },
    automatic: true,
    checks: [command],
    runs: [],
    cross_tests: [],
  };
  const notice = (part: Partial<RunChecksResponse> | undefined, error: Error | null = null, state = unchecked): string =>
    text(<ChecksNotice run={state} known={part && { ...known, ...part }} error={error} onRetry={() => undefined} />);

  it("says what stands in the way, and what to do", () => {
    expect(notice({ available: { possible: false, reason: "No sandbox holds on this machine." } })).toMatch(
      /^Checks do not run here. No sandbox holds on this machine. .*This server$/,
    );
    expect(notice({ checks: [] })).toMatch(/^No checks were found in this repository.*Set up checks$/);
    expect(notice({ checks: [{ ...command, enabled: false }] })).toContain("All of this project’s checks are turned off. Tests.");
    expect(notice({})).toContain("Nothing has been checked yet.");
    expect(notice(undefined, new Error("x"))).toContain("could not be loaded");
  });

  it("says nothing where all is well", () => {
    expect(notice({}, null, run)).toBe("");
    expect(notice(undefined)).toBe("");
  });
});

it("gives the ticks of a score a name", () => {
  expect(
    html(
      <ScoreGates
        letter="D"
        ticks={[
          { kind: "build", state: "passed" },
          { kind: "test", state: "failed" },
        ]}
      />,
    ),
  ).toContain('aria-label="Checks of D: build passed, tests failed"');
  expect(html(<ScoreGates letter="D" ticks={[]} />)).toBe("");
});
