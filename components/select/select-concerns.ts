import { changeTotals, variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState, type VariationState } from "@/lib/run/state";
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
  const concerns: Concern[] = checkConcerns(run, variation.index);
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
  const { selection } = run;
  if (selection !== undefined && selection.winner !== variation.index) {
    const before = variationLetter(selection.winner);
    concerns.push({
      tone: "warn",
      title: `${before} is the winner so far`,
      text: `${letter} takes its place. The branch of ${before} stays, and so does what was landed.`,
    });
  } else if (selection !== undefined && snapshot !== undefined && snapshot.commit !== selection.commit) {
    concerns.push({
      tone: "warn",
      title: `${letter} has changed since it was selected`,
      text: "Selecting it again takes its newest state.",
    });
  }
  return concerns.sort((one, other) => Number(other.tone === "bad") - Number(one.tone === "bad"));
}
