import type { AgentEnd } from "@/lib/protocol/agent-lines";
import type { Answer } from "./collect-answer";

/**
 * What an answer without tool calls means. `end`: the last word. `say`: the model is asked to go on. `resume`: a paused turn goes on when
 * it is sent back as it is. `compact`: the window is full.
 */
export type Next =
  | { kind: "end"; end: AgentEnd }
  | { kind: "say"; text: string; warning?: string }
  | { kind: "resume" }
  | { kind: "compact" };

/** An empty answer is asked about this often before it is taken for the end. */
const EMPTY_ANSWERS = 2;

/** `empty`: how many answers in a row had nothing in them, this one included. */
export function afterAnswer(answer: Answer, empty: number): Next {
  switch (answer.stopReason) {
    case "end_turn":
    case "stop_sequence":
      if (answer.text === "" && empty <= EMPTY_ANSWERS)
        return { kind: "say", text: "Your answer was empty. Go on, or call finish when everything is done." };
      return { kind: "end", end: { type: "agent.finished", summary: answer.text.trim() || undefined } };
    case "max_tokens":
      if (answer.text === "")
        return { kind: "say", text: "Your thinking took up the whole answer. Think less and act: one small step now." };
      return { kind: "say", text: "Your answer reached its length limit. Go on where it stopped." };
    case "pause_turn":
      return { kind: "resume" };
    case "model_context_window_exceeded":
      return { kind: "compact" };
    case "refusal":
      return { kind: "end", end: refused(answer) };
    default: {
      const reason = answer.stopReason ?? "none";
      return {
        kind: "say",
        text: "Go on.",
        warning: `The model stopped for a reason that is not known here (${reason}); it was asked to go on.`,
      };
    }
  }
}

function refused({ refusal, text }: Answer): AgentEnd {
  const category = refusal?.category === null || refusal?.category === undefined ? "" : ` (${refusal.category})`;
  const detail = [refusal?.explanation, text.trim()].filter((part) => part !== undefined && part !== null && part !== "").join("\n");
  return {
    type: "agent.failed",
    failure: {
      code: "model_error",
      message: `The model declined this task${category}.`,
      remedy: "Put the prompt differently, or choose another model.",
      detail: detail === "" ? undefined : detail,
    },
  };
}
