import { expect } from "vitest";
import type { ProviderCall } from "../messages-api";
import { listPrice } from "../prices";
import { finish, lastTexts, ofType, resultsOf, type Scenario, tool, uses } from "../scenario";

const turn = (n: number) => uses({ thinking: `Step ${n}.` }, tool("read", { path: "big.txt", from: n * 10 + 1, to: n * 10 + 10 }));
const summary = { blocks: [{ thinking: "What was it?" }, { text: "Summary: three parts of big.txt were read." }] };
const long = { "big.txt": Array.from({ length: 400 }, (_, n) => `line ${n} of a long file with some words in it`).join("\n") };
const readAgain = uses(tool("read", { path: "README.md" }));

/** Budgets, full windows, and agents that turn in circles. */
export const limitScenarios: Scenario[] = [
  {
    name: "limit of turns",
    task: { limits: { turns: 3 } },
    files: long,
    replies: [turn(0), turn(1), turn(2), turn(3)],
    check({ end, calls }) {
      expect(calls).toHaveLength(3);
      expect(end).toMatchObject({ failure: { code: "budget", message: "The limit of 3 turns is reached." } });
    },
  },
  {
    name: "limit of dollars, cut answers included",
    model: "claude-opus-5-5",
    task: { limits: { dollars: 0.02 } },
    files: long,
    replies: [
      turn(0),
      { ...turn(1), cut: { place: "message_delta" } },
      turn(1),
      turn(2),
      turn(3),
      turn(4),
      turn(5),
      turn(6),
      turn(7),
      turn(8),
    ],
    check({ end, calls }) {
      const dollars = calls.map(({ charge }) => (charge === undefined ? 0 : listPrice(charge)));
      const sum = (all: number[]): number => all.reduce((total, one) => total + one, 0);
      expect(sum(dollars)).toBeGreaterThanOrEqual(0.02);
      expect(sum(dollars.slice(0, -1))).toBeLessThan(0.02);
      expect(end).toMatchObject({ failure: { code: "budget", message: "The limit of $0.02 is reached." } });
    },
  },
  {
    name: "limit of minutes in the middle of an answer that never ends",
    task: { limits: { minutes: 0.05 } },
    replies: [uses(tool("list", {})), { blocks: [{ text: "Thinking about it for ever" }], hang: { after: "text" } }],
    check({ end, seconds }) {
      expect(end).toMatchObject({ failure: { code: "timeout", message: "The limit of 0.05 minutes is reached." } });
      expect(seconds).toBeLessThan(30);
    },
  },
  {
    name: "limit of minutes in the middle of a command",
    task: { limits: { minutes: 0.05 } },
    replies: [uses(tool("command", { command: "sleep 60" })), finish()],
    check({ end, seconds }) {
      expect(end).toMatchObject({ failure: { code: "timeout" } });
      expect(seconds).toBeLessThan(30);
    },
  },
  {
    name: "limit of minutes in the middle of a wait that the provider asked for",
    task: { limits: { minutes: 0.05 } },
    refusals: [429],
    replies: [{ refuse: { status: 429, type: "rate_limit_error", message: "Later", headers: { "retry-after": "60" } } }],
    check({ end, seconds, lines }) {
      expect(ofType(lines, "model.retried")[0]?.delayMs).toBeGreaterThanOrEqual(60_000);
      expect(end).toMatchObject({ failure: { code: "timeout" } });
      expect(seconds).toBeLessThan(30);
    },
  },
  {
    name: "compaction before the window is full: summarised from the cache, nothing of the old thinking stays",
    weight: 490,
    files: long,
    replies: [turn(0), turn(1), turn(2), summary, turn(3), finish()],
    check({ calls, lines, end }) {
      const asked = calls.findIndex((call) => lastTexts(call).some((text) => text.includes("Write that summary")));
      expect(asked).toBeGreaterThan(0);
      expect(calls[asked]?.charge?.cacheReadTokens).toBeGreaterThan((calls[asked]?.charge?.inputTokens ?? 0) * 10);
      const [after] = calls.slice(asked + 1);
      expect(after?.request?.messages).toHaveLength(1);
      expect(lastTexts(after)).toEqual(["Do the task.", expect.stringContaining("Summary: three parts")]);
      expect(ofType(lines, "context.compacted")[0]?.tokens).toBeGreaterThan(800_000);
      expect(ofType(lines, "text.delta")).toEqual([]);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "a prompt that is too long after all (400): summarised as a transcript, then on",
    model: "plain-coder-7b",
    weight: 4,
    refusals: [400],
    files: { "big.txt": "abcdefghij klmnopqrst\n".repeat(1_400) },
    replies: [uses(tool("read", { path: "big.txt" })), finish(), summary, finish("After the summary.")],
    check({ calls, lines, end }) {
      expect(calls[1]?.error).toMatch(/^prompt is too long: \d+ tokens > 32000 maximum$/);
      expect(ofType(lines, "context.compacted")).toHaveLength(1);
      expect(end).toEqual({ type: "agent.finished", summary: "After the summary." });
    },
  },
  {
    name: "the same call with the same result: told after three, stopped after five",
    replies: Array.from({ length: 9 }, () => readAgain),
    check({ end, calls }) {
      expect(resultsOf(calls[3])[0]?.content).toContain("You called this 3 times with the same result.");
      expect(calls).toHaveLength(5);
      expect(end).toMatchObject({
        failure: {
          code: "no_progress",
          message: expect.stringContaining("called read 5 times in a row"),
          remedy: expect.stringContaining("kept"),
        },
      });
    },
  },
  {
    name: "an alternating cycle, in spite of clocks in its output",
    replies: Array.from({ length: 12 }, (_, n) =>
      uses(n % 2 === 0 ? tool("command", { command: "date +%T; echo 3 failed in 0.$RANDOM s" }) : tool("read", { path: "README.md" })),
    ),
    check({ end, calls }) {
      expect(calls).toHaveLength(8);
      expect(end).toMatchObject({ failure: { code: "no_progress", message: expect.stringContaining("the same 2 steps 4 times") } });
    },
  },
  {
    name: "turns in which nothing comes about: words without end, and nothing done",
    replies: Array.from({ length: 14 }, (_, n) => ({ blocks: [{ text: `Still thinking ${n}` }], stop: "max_tokens" })),
    check({ end, calls }) {
      expect(calls).toHaveLength(10);
      expect(end).toMatchObject({ failure: { code: "no_progress", message: expect.stringContaining("10 turns") } });
    },
  },
  {
    name: "a call that is repeated while its result changes is work, not a circle",
    replies: [...Array.from({ length: 12 }, () => uses(tool("command", { command: "echo x >> log.txt; wc -l < log.txt" }))), finish()],
    check({ end, calls }: { end?: { type: string }; calls: readonly ProviderCall[] }) {
      expect(end?.type).toBe("agent.finished");
      expect(calls).toHaveLength(13);
    },
  },
];
