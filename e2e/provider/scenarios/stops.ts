import { expect } from "vitest";
import { finish, lastTexts, ofType, resultsOf, type Scenario, tool, uses } from "../scenario";

const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "x" } };

/** Every reason for which a model stops. */
export const stopScenarios: Scenario[] = [
  {
    name: "end_turn: words are the summary; tool_use before it",
    replies: [uses(tool("list", {})), { blocks: [{ text: "It is all there already." }] }],
    check: ({ end }) => expect(end).toEqual({ type: "agent.finished", summary: "It is all there already." }),
  },
  {
    name: "end_turn with words in two blocks: two paragraphs of the summary",
    replies: [uses(tool("list", {})), { blocks: [{ text: "Both are there." }, { text: "Nothing is left to do." }] }],
    check: ({ end }) => expect(end).toEqual({ type: "agent.finished", summary: "Both are there.\n\nNothing is left to do." }),
  },
  {
    name: "end_turn with nothing in it: asked to go on, twice at most",
    replies: [
      uses(tool("list", {})),
      { blocks: [] },
      uses(tool("read", { path: "README.md" })),
      { blocks: [{ text: " \n" }] },
      { blocks: [] },
      { blocks: [] },
    ],
    check({ end, calls }) {
      expect(lastTexts(calls[2])[0]).toContain("Your answer was empty");
      expect(calls).toHaveLength(6);
      expect(end).toEqual({ type: "agent.finished" });
    },
  },
  {
    name: "max_tokens in the middle of words: goes on where it stopped; in the middle of a call: nothing is done, and the model is told why",
    replies: [
      { blocks: [{ thinking: "Long." }, { text: "First half," }], stop: "max_tokens" },
      { blocks: [{ text: "second half." }, { tool: "write", json: '{"path": "big.txt", "content": "aaaa' }], stop: "max_tokens" },
      uses(tool("write", { path: "big.txt", content: "a\n" })),
      finish(),
    ],
    check({ calls, end, read }) {
      expect(lastTexts(calls[1])).toEqual(["Your answer reached its length limit. Go on where it stopped."]);
      expect(resultsOf(calls[2])[0]).toMatchObject({
        isError: true,
        content: expect.stringContaining("length limit inside this call of write"),
      });
      expect(read("big.txt")).toBe("a\n");
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "max_tokens in the middle of thinking: it is not sent back, and the model is told to act",
    replies: [
      uses(tool("list", {})),
      { blocks: [{ thinking: "On and on and" }], stop: "max_tokens" },
      { blocks: [{ text: "I write." }, { thinking: "But what" }], stop: "max_tokens" },
      finish(),
    ],
    check({ calls, end }) {
      expect(lastTexts(calls[2])).toEqual([expect.stringContaining("Your thinking took up the whole answer")]);
      expect(calls[2]?.request?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
      expect(calls[3]?.request?.messages.at(-2)?.content).toMatchObject([{ type: "text", text: "I write." }]);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "stop_sequence: an end like any other",
    replies: [{ blocks: [{ text: "Until here" }], stop: "stop_sequence", stopSequence: "###" }],
    check: ({ end }) => expect(end).toEqual({ type: "agent.finished", summary: "Until here" }),
  },
  {
    name: "pause_turn: the turn goes back as it is and goes on, what the provider's own tools did included",
    replies: [
      { blocks: [{ thinking: "I look it up." }, { text: "Searching." }, { raw: search }], stop: "pause_turn" },
      {
        blocks: [{ raw: { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] } }, { text: "Found." }, tool("list", {})],
      },
      finish(),
    ],
    check({ calls, end }) {
      expect(calls[1]?.request?.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
      expect(calls[1]?.request?.messages[1]?.content.map(({ type }) => type)).toEqual(["thinking", "text", "server_tool_use"]);
      expect(calls[2]?.request?.messages[1]?.content.map(({ type }) => type)).toEqual([
        "thinking",
        "text",
        "server_tool_use",
        "web_search_tool_result",
        "text",
        "tool_use",
      ]);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "refusal in mid-answer: a failure with the provider's reason; the call that was begun is not done",
    replies: [
      {
        blocks: [{ text: "I begin" }, tool("write", { path: "x.txt", content: "x" })],
        stop: "refusal",
        stopDetails: { type: "refusal", category: "cyber", explanation: "This looks like an exploit." },
      },
    ],
    check({ end, exists, exitCode }) {
      expect(end).toMatchObject({
        type: "agent.failed",
        failure: {
          code: "model_error",
          message: "The model declined this task (cyber).",
          detail: expect.stringContaining("This looks like an exploit."),
        },
      });
      expect(exists("x.txt")).toBe(false);
      expect(exitCode).toBe(1);
    },
  },
  {
    name: "model_context_window_exceeded: summarised, then on",
    replies: [
      uses(tool("write", { path: "x.txt", content: "x\n" })),
      { blocks: [{ text: "And now I" }], stop: "model_context_window_exceeded" },
      { blocks: [{ text: "Summary: x.txt is written." }] },
      finish(),
    ],
    check({ calls, lines, end }) {
      expect(ofType(lines, "context.compacted")).toHaveLength(1);
      expect(calls[2]?.request?.tools).toEqual([]);
      expect(lastTexts(calls[2])[0]).toContain('assistant called write: {"path":"x.txt"');
      expect(lastTexts(calls[3])).toEqual(["Do the task.", expect.stringContaining("Summary: x.txt is written.")]);
      expect(end?.type).toBe("agent.finished");
    },
  },
  {
    name: "a reason that is not known here: said, and asked to go on",
    replies: [{ blocks: [{ text: "Hm" }], stop: "cosmic_ray" }, finish()],
    check({ calls, lines, end }) {
      expect(ofType(lines, "warning.raised")[0]?.message).toContain("cosmic_ray");
      expect(lastTexts(calls[1])).toEqual(["Go on."]);
      expect(end?.type).toBe("agent.finished");
    },
  },
];
