import type { Command } from "@/components/palette/registry";
import { toast } from "@/components/ui/toast";
import { problemFrom } from "@/lib/client/api";
import { cancelChecks, startChecks, startCrossTests } from "@/lib/client/check-api";
import { checkProgress } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";

/** What the palette offers of a run's checks as they stand. */
export function checkCommands(run: RunState): Command[] {
  const { runId } = run;
  const group = "Checks";
  if (run.base === undefined) return [];
  if (checkProgress(run).open > 0) {
    return [
      {
        id: "checks-stop",
        title: "Stop checks",
        group,
        keywords: ["cancel", "gates", "tests"],
        run: () => attempt(cancelChecks(runId), "They could not be stopped"),
      },
    ];
  }
  const again = run.checks.runs.length > 0;
  return [
    {
      id: "checks-run",
      title: again ? "Run all checks again" : "Run checks",
      group,
      keywords: ["gates", "tests", "lint", "build"],
      run: () => attempt(startChecks(runId, { force: again }), "The checks could not be started"),
    },
    {
      id: "checks-cross",
      title: "Run cross-tests",
      group,
      keywords: ["matrix", "tests"],
      run: () => attempt(startCrossTests(runId, { force: run.checks.crossTests.length > 0 }), "The cross-tests could not be started"),
    },
  ];
}

function attempt(asked: Promise<unknown>, failed: string): void {
  asked.catch((error: unknown) => toast.error(failed, { description: problemFrom(error).detail }));
}
