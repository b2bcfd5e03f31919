import { expect } from "vitest";
import type { Reply } from "../reply";
import { finish, ofType, type Scenario, tool, uses } from "../scenario";

const look = uses(
  { thinking: "Let me think about it for a while." },
  { text: "I look at the file now, right away." },
  tool("read", { path: "README.md" }),
);
const cut = (place: NonNullable<Reply["cut"]>["place"], inside = false): Reply => ({ ...look, cut: { place, inside } });
const overloaded: Reply = { refuse: { status: 529, type: "overloaded_error", message: "Overloaded" } };

const unpriced = "No price is known for local-model, so the cap of the run in dollars cannot be kept.";

/** What can go wrong between agent and model. */
export const errorScenarios: Scenario[] = [
  {
    name: "429 with retry-after, 529, 500: waited for as told, shown, then on",
    refusals: [429, 529, 500],
    replies: [
      { refuse: { status: 429, type: "rate_limit_error", message: "Slow down", headers: { "retry-after": "2" } } },
      overloaded,
      { refuse: { status: 500, type: "api_error", message: "Internal server error" } },
      finish(),
    ],
    check({ end, lines }) {
      const retries = ofType(lines, "model.retried");
      expect(retries.map(({ status }) => status)).toEqual([429, 529, 500]);
      expect(retries[0]?.delayMs).toBeGreaterThanOrEqual(2_000);
      expect(retries[0]?.delayMs).toBeLessThanOrEqual(2_500);
      expect(retries[0]?.message).toContain("Slow down");
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "a stream cut before its headers, after them, after message_start, and in mid-event",
    replies: [cut("nothing"), cut("headers"), cut("message_start"), cut("message_start", true), finish()],
    check({ end, lines }) {
      expect(ofType(lines, "model.retried").map(({ status }) => status)).toEqual([502, 0, 0, 0]);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "a stream cut in thinking, words, a tool's input, between blocks, before message_stop: partial text is taken back",
    replies: [
      cut("thinking"),
      cut("text", true),
      cut("tool_input"),
      look,
      cut("block_stop"),
      cut("message_delta", true),
      cut("message_delta"),
      finish(),
    ],
    check({ end, lines, calls, text }) {
      const retries = ofType(lines, "model.retried");
      expect(retries).toHaveLength(6);
      expect(retries[0]?.retracted).toHaveLength(1);
      expect(retries[2]?.retracted).toHaveLength(2);
      expect(text).toBe("I look at the file now, right away.");
      expect(calls.filter(({ charge }) => charge !== undefined)).toHaveLength(8);
      expect(ofType(lines, "tool.started")).toHaveLength(1);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "an error event in mid-stream: the answer starts again",
    replies: [{ ...look, error: { after: "text", type: "overloaded_error", message: "Overloaded" } }, look, finish()],
    check({ end, lines, text }) {
      expect(ofType(lines, "model.retried")).toMatchObject([{ status: 529, message: "Overloaded" }]);
      expect(text).toBe("I look at the file now, right away.");
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "answers that always break off cost money each time: given up after eight",
    replies: Array.from({ length: 10 }, () => cut("text")),
    check({ end, calls }) {
      expect(calls).toHaveLength(8);
      expect(end).toMatchObject({
        type: "agent.failed",
        failure: { code: "model_error", message: "The model's answer broke off, 8 times in a row." },
      });
    },
  },
  {
    name: "500 again and again: given up after eight, with the provider's words",
    refusals: [500],
    replies: Array.from({ length: 10 }, () => ({
      refuse: { status: 500, type: "api_error", message: "Internal server error", headers: { "retry-after": "0" } },
    })),
    check({ end, calls, lines }) {
      expect(calls).toHaveLength(8);
      expect(ofType(lines, "model.retried")).toHaveLength(7);
      expect(end).toMatchObject({
        failure: { code: "model_error", message: "The model answered 500, 8 times in a row.", detail: "Internal server error" },
      });
    },
  },
  {
    name: "a request that is refused is not sent again: 404 for a model that the provider does not have",
    model: "claude-sonnet-7",
    refusals: [404],
    replies: [],
    check({ end, calls }) {
      expect(calls).toHaveLength(1);
      expect(end).toMatchObject({
        failure: {
          code: "model_error",
          message: "The model answered 404.",
          detail: "model: claude-sonnet-7",
          remedy: expect.stringContaining("choose another"),
        },
      });
    },
  },
  {
    name: "the gateway's budget_exceeded (402): a failure of the budget, no second try",
    refusals: [402],
    replies: [
      uses(tool("list", {})),
      {
        refuse: {
          status: 402,
          type: "budget_exceeded",
          message: `${unpriced} Set a price (PUT /api/v1/settings/prices), or run without a dollar cap.`,
        },
      },
    ],
    check({ end, calls }) {
      expect(calls).toHaveLength(2);
      expect(end).toMatchObject({
        failure: {
          code: "budget",
          message: unpriced,
          remedy: "Set a price (PUT /api/v1/settings/prices), or run without a dollar cap. What was done so far is kept.",
        },
      });
    },
  },
];
