import type { JsonObject } from "./json";

/** A block of a scripted answer. `json`: a tool's input as the raw text that is streamed, which need not be JSON. */
export type ReplyBlock =
  | { thinking: string }
  | { redacted: string }
  | { text: string }
  | { tool: string; input?: JsonObject; json?: string; id?: string }
  | { raw: JsonObject };

/** A place in the stream: right after the headers, or one of its events; deltas are named by what they bring. */
export type Place =
  | "headers"
  | "message_start"
  | "block_start"
  | "thinking"
  | "signature"
  | "text"
  | "tool_input"
  | "block_stop"
  | "message_delta"
  | "message_stop";

/** What the model says to one request. */
export interface Reply {
  blocks?: ReplyBlock[];
  /** By default `tool_use` or `end_turn`, as the blocks have it. */
  stop?: string;
  stopSequence?: string;
  stopDetails?: JsonObject;
  /** An error status instead of an answer. */
  refuse?: { status: number; type: string; message: string; headers?: Record<string, string> };
  /** The connection ends here: in the middle of the first event of this place, or right after it. `nothing`: not even headers come. */
  cut?: { place: Place | "nothing"; inside?: boolean };
  /** An `error` event after the first event of this place; the stream ends with it. */
  error?: { after: Place; type: string; message: string };
  /** From the first event of this place on there are only pings. */
  hang?: { after: Place };
}
