import type { RunEvent, RunEventBody } from "../events";
import { CHECKED_RUN_ID, checkedFive } from "./checked-five";

const oid = (letter: string): string => letter.repeat(40).slice(0, 40);
const treeNow = [oid("7"), oid("8")] as const;

/**
 * The five, and two compositions of them: the first was checked as it is and breaks what C breaks, the second passed as A did and was changed
 * since then. A's tests were tried on the code of the first.
 */
export function composedFive(): RunEvent[] {
  const before = checkedFive();
  const bodies: RunEventBody[] = [
    ...composed(1, "Best of C"),
    ...composed(2),
    ...checksOf(before, "c", "composition-1", treeNow[0]),
    ...checksOf(before, "a", "composition-2", oid("9")),
    { type: "crosstest.queued", id: "crossonto1", tests: "a", code: "composition-1", files: 4, testsTree: treeOf(before, "a"), codeTree: treeNow[0] },
    {
      type: "crosstest.finished",
      id: "crossonto1",
      outcome: "failed",
      cached: false,
      durationMs: 900,
      passed: 3,
      total: 5,
      failing: [],
      tail: "",
      outputLength: 0,
    },
  ];
  const last = before.at(-1);
  const added = bodies.map((event, at): RunEvent => ({ runId: CHECKED_RUN_ID, seq: (last?.seq ?? 0) + 1 + at, at: last?.at ?? 0, event }));
  return [...before, ...added];
}

function composed(number: number, name?: string): RunEventBody[] {
  const [tree] = treeNow.slice(number - 1);
  const counts = { files: number, added: 10 * number, deleted: number, variations: [0, 2], lines: [6, 0, 4], hand: 0 };
  return [
    { type: "composition.created", number, id: `composition ${number}`, name, from: 0, sources: [], by: "you" },
    { type: "composition.snapshot_taken", number, commit: oid(String(number)), tree: tree ?? "", ...counts },
  ];
}

function treeOf(events: readonly RunEvent[], target: string): string {
  const queued = events.flatMap(({ event }) => (event.type === "check.queued" && event.target === target ? [event.tree] : []));
  return queued.at(-1) ?? "";
}

/** What was found on one target, as if on another. */
function checksOf(events: readonly RunEvent[], from: string, target: string, tree: string): RunEventBody[] {
  const ids = new Set(events.flatMap(({ event }) => (event.type === "check.queued" && event.target === from ? [event.id] : [])));
  return events.flatMap(({ event }): RunEventBody[] => {
    if (!event.type.startsWith("check.") || !("id" in event) || !ids.has(event.id)) return [];
    const id = `${target} ${event.id}`;
    if (event.type === "check.queued") return [{ ...event, id, target, tree }];
    return event.type === "check.started" || event.type === "check.finished" || event.type === "check.compared" ? [{ ...event, id }] : [];
  });
}
