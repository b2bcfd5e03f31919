import { breaksBase, currentTree, targetTitle } from "@/lib/run/check-table";
import { andList } from "@/lib/run/letters";
import type { RunState } from "@/lib/run/state";
import type { Concern } from "./select-concerns";

/** Tests that a warning names; the tab Checks has them all. */
const MOST_NAMED = 3;

/** What its checks say against selecting a variation or composition: above all tests that pass on the base and fail on it. */
export function checkConcerns(run: RunState, target: string): Concern[] {
  const letter = targetTitle(target);
  const breakage = breaksBase(run, target);
  const concerns: Concern[] = [];
  if (breakage !== undefined) {
    const { broken, tests, checks } = breakage;
    const also = andList(checks);
    if (broken > 0) {
      const named = tests.slice(0, MOST_NAMED).map(({ file, name }) => (file === undefined ? name : `${name} (${file})`));
      const rest = broken - named.length;
      const text = `${named.join("; ")}${rest > 0 ? `; and ${rest} more` : ""}.`;
      const title =
        broken === 1 ? `${letter} breaks a test that passes on the base` : `${letter} breaks ${broken} tests that pass on the base`;
      concerns.push({ tone: "bad", title, text: named.length === 0 ? "The tab Checks names them." : text });
    }
    if (checks.length > 0 && (broken === 0 || checks.length > 1)) {
      concerns.push({ tone: "bad", title: `${letter} fails what passes on the base`, text: `${also}.` });
    }
  }
  const tree = currentTree(run, target);
  const own = run.checks.runs.filter((one) => one.target === target);
  const open = own.filter(({ status }) => status === "queued" || status === "running").length;
  if (open > 0) {
    const text = open === 1 ? "One of them has not ended." : `${open} of them have not ended.`;
    concerns.push({ tone: "warn", title: `The checks of ${letter} are still running`, text });
  } else if (own.some((one) => tree !== undefined && one.tree !== tree)) {
    const text = "It has changed since: nobody knows whether its newest state passes.";
    concerns.push({ tone: "warn", title: `The checks of ${letter} are of an older state`, text });
  }
  return concerns;
}
