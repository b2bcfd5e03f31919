import { describe, expect, it } from "vitest";
import type { JudgeSample } from "../run/judge-events";
import { adviceOf } from "./advice";
import { judgeOrders } from "./shuffle";
import { citationProblem } from "./verify-citation";

const rubric = [
  { id: "task", name: "Task", question: "?", weight: 3 },
  { id: "small", name: "Small", question: "?", weight: 1 },
];
const candidates = [0, 2].map((variation) => ({ variation, commit: "c" }));

/** Scores by variation and criterion; every one has a claim, that holds unless it is in `loose`. */
function sample(number: number, part: Partial<JudgeSample>, scores: Record<number, number[]> = {}, loose: string[] = []): JudgeSample {
  const all = Object.entries(scores).flatMap(([variation, values]) =>
    values.map((score, at) => ({ variation: Number(variation), criterion: rubric[at]?.id ?? "", score })),
  );
  const claims = all.map(({ variation, criterion }) => ({
    ...{ variation, criterion, stance: "for" as const, text: "t", file: "f", line: 1 },
    verified: !loose.includes(`${variation} ${criterion}`),
  }));
  return { sample: number, verdict: "winner", preferred: [0], reason: "", scores: all, claims, ...part };
}
const advise = (...samples: JudgeSample[]) => adviceOf({ rubric, candidates, samples });

describe("what samples come to", () => {
  it("is a winner where more than half of them prefer one that nobody is ranked before", () => {
    const scores = { 0: [8, 8], 2: [6, 9] };
    const advice = advise(sample(0, {}, scores), sample(1, {}, scores), sample(2, { verdict: "abstain", preferred: [] }));
    expect(advice).toMatchObject({ preferred: 0, summary: "Prefers A in 2 of 3 samples" });
    expect(advice?.ranking.map(({ variation, votes, meanRank, meanScore }) => [variation, votes, meanRank, meanScore])).toEqual([
      [0, 2, 1, 8],
      [2, 0, 2, 6.75],
    ]);
  });

  it("is no winner for half of the samples, for ties, for abstaining, or where scores say otherwise", () => {
    const [low, high] = [
      { 0: [5, 5], 2: [9, 9] },
      { 0: [9, 9], 2: [5, 5] },
    ];
    expect(advise(sample(0, {}, high), sample(1, { preferred: [2] }, low))).toMatchObject({
      preferred: undefined,
      summary: "No clear winner in 2 samples",
    });
    expect(advise(sample(0, { verdict: "tie", preferred: [0, 2] }, high))?.summary).toBe("No clear winner: a tie in 1 of 1 sample");
    expect(advise(sample(0, { verdict: "abstain", preferred: [] }))?.summary).toBe("No clear winner: the judge abstained");
    expect(advise(sample(0, {}, low))?.summary).toBe("No clear winner: its votes and its scores disagree");
    expect(advise()).toBeUndefined();
  });

  it("counts neither scores nor votes whose citations do not hold", () => {
    const scores = { 0: [9, 9], 2: [5, 5] };
    const one = advise(sample(0, {}, scores, ["0 small"]));
    // Compared by what both have: the task alone.
    expect(one?.ranking[0]).toMatchObject({ variation: 0, meanScore: 9, scores: [{ counted: 1 }, { counted: 0, given: 1, mean: null }] });
    expect(one?.ranking[1]).toMatchObject({ meanScore: 5 });
    const none = advise(sample(0, {}, scores, ["0 task", "0 small"]));
    expect(none?.votes).toEqual([{ sample: 0, vote: { kind: "unsupported" } }]);
    expect(none).toMatchObject({ preferred: undefined });
    expect(none?.ranking.every(({ meanRank }) => meanRank === null)).toBe(true);
  });

  it("shows how far samples are apart", () => {
    const spread = advise(sample(0, {}, { 0: [4, 8], 2: [1, 1] }), sample(1, {}, { 0: [9, 8], 2: [1, 1] }))?.ranking[0]?.scores[0];
    expect(spread).toEqual({ criterion: "task", mean: 6.5, low: 4, high: 9, counted: 2, given: 2 });
  });
});

it("orders follow from the seed, differ from sample to sample, and nobody stands first twice before all have", () => {
  const orders = judgeOrders([0, 1, 2, 4], 4, 7);
  expect(judgeOrders([0, 1, 2, 4], 4, 7)).toEqual(orders);
  expect(judgeOrders([0, 1, 2, 4], 4, 8)).not.toEqual(orders);
  expect(orders.map(([first]) => first).sort()).toEqual([0, 1, 2, 4]);
  for (const order of orders) expect([...order].sort()).toEqual([0, 1, 2, 4]);
});

it("a citation holds when all of its lines are in one hunk of that diff", () => {
  const kept = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => ({ kind: "kept" as const, old: from + at, new: from + at, text: "" }));
  const shown = [
    { path: "a.ts", deleted: false, hunks: [kept(3, 9), kept(20, 22)] },
    { path: "gone.ts", deleted: true, hunks: [[1, 2].map((old) => ({ kind: "deleted" as const, old, text: "" }))] },
  ];
  expect(citationProblem({ file: "a.ts", line: 3, endLine: 9 }, shown, [])).toBeUndefined();
  expect(citationProblem({ file: "gone.ts", line: 2 }, shown, [])).toBeUndefined();
  expect(citationProblem({ file: "a.ts", line: 9, endLine: 20 }, shown, [])).toBe("these lines are not in the diff");
  expect(citationProblem({ file: "a.ts", line: 10 }, shown, [])).toBe("this line is not in the diff");
  expect(citationProblem({ file: "b.ts", line: 1 }, shown, [])).toBe("this diff has no such file");
  expect(citationProblem({ file: "big.ts", line: 1 }, shown, ["big.ts"])).toBe("the judge was not shown this file");
});
