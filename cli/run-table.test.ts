import { expect, it } from "vitest";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { describeRun } from "@/server/runs/run-summary";
import { runText } from "./run-table";
import { painter } from "./terminal/text";

it("a run that failed is shown with the reason, the remedy and the beginning of the detail, of each variation and the whole", () => {
  const failure = {
    code: "model_error",
    message: "The model answered 401.",
    remedy: "Check the key.",
    detail: "invalid\n2\n3\n4",
  } as const;
  const whole = { code: "no_variation", message: "No variation completed.", remedy: "Run again." } as const;
  const variations = [1, 2].map(() => ({ agent: "builtin", model: "demo" }));
  const bodies = [
    { type: "run.created", prompt: "p", projectId: "p", repositoryUrl: "/shop", repositoryName: "shop", variations },
    { type: "variation.failed", failure },
    { type: "run.failed", failure: whole },
  ] as const;
  const run = reduceRun(
    emptyRun("abcdefghijkl"),
    bodies.map((event, at) => ({ runId: "abcdefghijkl", seq: at + 1, at, event, ...(at === 1 ? { variation: 1, attempt: 0 } : {}) })),
  );
  const text = runText(describeRun(run), painter(false));
  expect(text).toContain(
    "B  The model answered 401. Check the key.\nB    invalid\nB    2\nB    3\nfailed  No variation completed. Run again.\n",
  );
  expect(text).not.toMatch(/^A {2}The model|B {4}4/m);
});
