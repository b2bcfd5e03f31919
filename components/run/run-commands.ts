"use client";

import { useRouter } from "next/navigation";
import { checkCommands } from "@/components/checks/check-commands";
import { type Command, useCommands } from "@/components/palette/registry";
import { copyText } from "@/components/ui/copy-text";
import { toast } from "@/components/ui/toast";
import { cancelRun, problemFrom, retryRun } from "@/lib/client/api";
import { variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState } from "@/lib/run/state";
import { agentName, modelName } from "./spec-words";

interface RunActions {
  onSelect: (variation: number) => void;
  onLand: (variation: number) => void;
}

/** Offers what can be done with this run as it stands to the palette; shows nothing. */
export function RunCommands({ run, ...actions }: { run: RunState } & RunActions): null {
  const router = useRouter();
  const group = "This run";
  const { runId } = run;
  const live = !isTerminal(run.status);
  const again = run.variations.filter(({ status }) => status === "failed" || status === "cancelled").length;
  const winner = run.selection?.winner;
  useCommands([
    ...run.variations.flatMap((_, index) => ofVariation(run, index, actions)),
    ...checkCommands(run),
    ...when(winner !== undefined, {
      id: "land",
      title: `Land ${variationLetter(winner ?? 0)}`,
      group: "Decide",
      keywords: ["merge", "push", "pull request", "branch", "patch", "winner"],
      run: () => actions.onLand(winner ?? 0),
    }),
    ...when(winner !== undefined, {
      id: "copy-fetch",
      title: "Copy the fetch command",
      group,
      keywords: ["git", "branch", "winner", "remote"],
      run: () => copyText(`git fetch ${window.location.origin}/git/runs/${runId} winner`, "Command copied"),
    }),
    ...when(live && !run.stopRequested, {
      id: "stop",
      title: "Stop all",
      group,
      keywords: ["cancel", "end"],
      run: () => attempt(cancelRun(runId), "Could not stop"),
    }),
    ...when(!live && again > 1, {
      id: "retry",
      title: `Retry ${again} variations`,
      group,
      keywords: ["again", "restart"],
      run: () => attempt(retryRun(runId), "Could not start them again"),
    }),
    { id: "copy-prompt", title: "Copy the prompt", group, run: () => copyText(run.prompt, "Prompt copied") },
    {
      id: "copy-address",
      title: "Copy the address of this run",
      group,
      keywords: ["link", "url", "share"],
      run: () => copyText(`${window.location.origin}/runs/${runId}`, "Address copied"),
    },
    { id: "print", title: "Print a summary", group, keywords: ["paper", "pdf"], run: () => window.print() },
    {
      id: "environment",
      title: "Environment of the project",
      group,
      keywords: ["set-up", "secrets", "variables"],
      run: () => router.push(`/projects/${run.projectId}`),
    },
  ]);
  return null;
}

function ofVariation(run: RunState, index: number, { onSelect }: RunActions): Command[] {
  const variation = run.variations[index];
  if (variation === undefined) return [];
  const letter = variationLetter(index);
  const { status, stopRequested, spec } = variation;
  const keywords = [`variation ${letter}`, agentName(spec), modelName(spec)];
  return [
    ...when(run.base !== undefined, {
      id: `select-${letter}`,
      title: `Select ${letter}`,
      group: "Decide",
      keywords: [...keywords, "winner", "pick"],
      run: () => onSelect(index),
    }),
    ...when(!isTerminal(status) && !stopRequested, {
      id: `stop-${letter}`,
      title: `Stop ${letter}`,
      group: "This run",
      keywords: [...keywords, "cancel"],
      run: () => attempt(cancelRun(run.runId, index), "Could not stop"),
    }),
    ...when(status === "failed" || status === "cancelled", {
      id: `retry-${letter}`,
      title: `Retry ${letter}`,
      group: "This run",
      keywords: [...keywords, "again"],
      run: () => attempt(retryRun(run.runId, index), "Could not start it again"),
    }),
  ];
}

function when(condition: boolean, command: Command): Command[] {
  return condition ? [command] : [];
}

function attempt(asked: Promise<unknown>, failed: string): void {
  asked.catch((error: unknown) => {
    const problem = problemFrom(error);
    // It is as it should be already.
    if (problem.code !== "conflict") toast.error(failed, { description: problem.detail });
  });
}
