import { targetOfVariation } from "@/lib/run/check-names";
import type { Composition } from "@/lib/run/composition";
import { changeTotals, isSelected, sourceName, variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState, type TreeSource, type VariationState } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";
import { checkConcerns } from "./check-concerns";

/** Something to know before a variation is selected; `bad`: one would rather not. */
export interface Concern {
  tone: "warn" | "bad";
  title: string;
  text: string;
}

/** What a person should know before they pick this one, the worst first. */
export function selectConcerns(run: RunState, variation: VariationState): Concern[] {
  const letter = variationLetter(variation.index);
  const concerns: Concern[] = checkConcerns(run, targetOfVariation(variation.index));
  const { status, snapshot, snapshots, failure } = variation;
  if (status === "failed") {
    concerns.push({
      tone: "bad",
      title: `${letter} failed`,
      text: `${failure?.message ?? "It ended before it was done."} Its work may not be complete.`,
    });
  }
  if (status === "cancelled") concerns.push({ tone: "bad", title: `${letter} was stopped`, text: "Its work may not be complete." });
  if (snapshot === undefined && isTerminal(status)) {
    concerns.push({ tone: "bad", title: `${letter} changed nothing`, text: "Its branch would be the base as it was." });
  } else if (isTerminal(status) && changeTotals(variation).files === 0) {
    concerns.push({ tone: "bad", title: `${letter} changed nothing`, text: "What it did leaves every file as it was in the base." });
  } else if (isTerminal(status) && snapshots.at(-1)?.reason === "tool") {
    const text = "It was taken after a tool had run, not at the end: what came later is not in it.";
    concerns.push({ tone: "warn", title: "The last snapshot is not of its end", text });
  }
  if (!isTerminal(status)) {
    const text =
      snapshot === undefined
        ? "It has changed nothing yet: its branch would be the base."
        : "Its last snapshot is what is kept; later work is not.";
    concerns.push({ tone: "warn", title: `${letter} is still working`, text });
  }
  concerns.push(...selectedBefore(run, { winner: variation.index }, snapshot?.commit));
  return worstFirst(concerns);
}

/** The same of a composition: nobody worked on it as a whole, so its checks say most. */
export function compositionConcerns(run: RunState, { number, snapshot }: Composition): Concern[] {
  const concerns = checkConcerns(run, compositionHead(number));
  const checked = run.checks.runs.some(({ target }) => target === compositionHead(number));
  const name = sourceName({ composition: number });
  if (snapshot?.files === 0) concerns.push({ tone: "bad", title: `${name} changes nothing`, text: "It is the base so far." });
  else if (!checked && run.checks.runs.length > 0) {
    const text = "That its parts passed says little of how they go together. The tab Checks runs them.";
    concerns.push({ tone: "warn", title: `No checks ran on ${name}`, text });
  }
  concerns.push(...selectedBefore(run, { composition: number }, snapshot?.commit));
  return worstFirst(concerns);
}

/** That something else is the winner, or that this was as it stood before. */
function selectedBefore({ selection }: RunState, what: TreeSource, commit: string | undefined): Concern[] {
  if (selection === undefined) return [];
  const name = sourceName(what);
  if (!isSelected({ selection }, what)) {
    const before = sourceName(selection);
    const text = `${name} takes its place. The branch of ${before} stays, and so does what was landed.`;
    return [{ tone: "warn", title: `${before} is the winner so far`, text }];
  }
  if (commit === undefined || commit === selection.commit) return [];
  return [{ tone: "warn", title: `${name} has changed since it was selected`, text: "Selecting it again takes its newest state." }];
}

function worstFirst(concerns: Concern[]): Concern[] {
  return concerns.sort((one, other) => Number(other.tone === "bad") - Number(one.tone === "bad"));
}
