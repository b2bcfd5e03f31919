import { type CheckKind, targetOfVariation } from "@/lib/run/check-names";
import { type GateTone, toneOf } from "@/lib/run/check-table";
import type { RunState } from "@/lib/run/state";

/** One tick of a score: all checks of a kind together, the worst of them. */
export interface GateTick {
  kind: CheckKind;
  state: "passed" | "failed" | "same" | "open" | "unknown";
}

/** In the order in which people ask. */
const ticked: readonly CheckKind[] = ["build", "types", "test", "lint", "coverage", "secrets"];
const worst: readonly GateTick["state"][] = ["failed", "open", "unknown", "same", "passed"];
const states: Record<GateTone, GateTick["state"]> = {
  passed: "passed",
  better: "passed",
  failed: "failed",
  worse: "failed",
  same: "same",
  open: "open",
  unknown: "unknown",
};

/** The ticks of each variation, for as many kinds as the run has; results for older trees are not known any more. */
export function gateTicks(run: Pick<RunState, "checks" | "variations">): GateTick[][] {
  return run.variations.map(({ index, snapshot }) => ticksOfTarget(run, targetOfVariation(index), snapshot?.tree));
}

/** The ticks of a target, a composition too, that has this tree now. */
export function ticksOfTarget({ checks: { runs } }: Pick<RunState, "checks">, target: string, tree: string | undefined): GateTick[] {
  const kinds = ticked.filter((kind) => runs.some((one) => one.kind === kind));
  const own = runs.filter((one) => one.target === target);
  return kinds.map((kind): GateTick => {
    const found = own
      .filter((one) => one.kind === kind)
      .map((one) => (tree !== undefined && one.tree !== tree ? "unknown" : states[toneOf(one)]));
    return { kind, state: worst.find((state) => found.includes(state)) ?? "unknown" };
  });
}

const kindWords: Record<CheckKind, string> = {
  build: "build",
  types: "types",
  lint: "lint",
  test: "tests",
  coverage: "coverage",
  secrets: "secrets",
  size: "size",
};
const stateWords: Record<GateTick["state"], string> = {
  passed: "passed",
  failed: "failed",
  same: "fails as the base does",
  open: "to come",
  unknown: "not known",
};

/** `build passed, types failed, tests to come`. */
export function tickWords(ticks: readonly GateTick[]): string {
  return ticks.map(({ kind, state }) => `${kindWords[kind]} ${stateWords[state]}`).join(", ");
}
