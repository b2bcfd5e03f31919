import { targetOfVariation } from "@/lib/run/check-names";
import type { CheckRun } from "@/lib/run/check-state";
import { modelKind } from "@/lib/run/model-kind";
import type { RunState } from "@/lib/run/state";
import type { Candidate } from "./build-prompt";
import type { JudgeContext } from "./judge-context";
import type { Shown } from "./read-verdict";
import { showDiff } from "./show-diff";

/** What is shown of one variation. */
export type Gathered = Candidate & Shown & { commit: string };

/** Characters of all diffs together: some 70,000 tokens. */
const MAX_DIFFS = 240_000;

/** Reads the diffs of these variations against the base, each with its share of the room, without secrets and without names of who wrote them. */
export async function gatherCandidates(
  { git, environments, log }: Pick<JudgeContext, "git" | "environments" | "log">,
  run: RunState,
  base: string,
  variations: readonly number[],
): Promise<Gathered[]> {
  const redaction = await environments.redactionFor(run.projectId);
  const share = Math.floor(MAX_DIFFS / Math.max(1, variations.length));
  const gathered = variations.map(async (variation): Promise<Gathered | undefined> => {
    const snapshot = run.variations[variation]?.snapshot;
    if (snapshot === undefined) return undefined;
    const { commit, tree } = snapshot;
    const { files: changed } = await git.diff(run.runId, base, commit);
    const patch = await git.patch(run.runId, base, commit).catch((error: unknown) => {
      // Too long for one piece: its files are named.
      log.warn({ err: error, runId: run.runId, variation }, "a diff could not be read for the judge");
      return undefined;
    });
    const { text, files, leftOut } = showDiff(patch ?? "", changed, patch === undefined ? 0 : share);
    const checks = run.checks.runs.filter((one) => one.target === targetOfVariation(variation) && one.tree === tree).flatMap(checkLine);
    return { variation, commit, diff: withoutNames(redaction.redactText(text), run), checks, files, leftOut };
  });
  return (await Promise.all(gathered)).filter((one) => one !== undefined);
}

/** One line of what a check found. */
function checkLine({ name, status, outcome, comparison }: CheckRun): string[] {
  if (status !== "passed" && status !== "failed") return [];
  const { tests, findings, coverage } = outcome ?? {};
  const { added } = comparison?.tests ?? {};
  const parts = [
    status,
    tests && `${tests.passed} of ${tests.total} tests pass`,
    added && added.passed + added.failed > 0 && `of its own new tests ${added.passed} of ${added.passed + added.failed} pass`,
    findings && `${findings.errors} errors, ${findings.warnings} warnings`,
    coverage && coverage.coverable > 0 && `${coverage.covered} of ${coverage.coverable} changed lines run in tests`,
  ];
  return [`${name}: ${parts.filter((part) => typeof part === "string").join(", ")}`];
}

const SIGNED = /(co-authored-by:|generated (with|by)\b).*$/gim;

/** Agents sign their work; unless the task is about them, their names say only who wrote it. */
function withoutNames(text: string, { variations, prompt }: RunState): string {
  const models = variations.flatMap(({ spec }) => [spec.model, ...(spec.fallbackModels ?? [])]);
  const names = [...new Set(models)].filter((model) => modelKind(model) === "provider" && !prompt.includes(model));
  return names.reduce((said, name) => said.replaceAll(name, "[model]"), text.replace(SIGNED, "[signature]"));
}
