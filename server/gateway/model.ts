import type { MessageReply } from "./message-reply";
import type { MessagesRequest } from "./messages-request";

/** One call to a model of this process. */
export interface ModelCall {
  request: MessagesRequest;
  variation: number;
  /** The same for all calls of one attempt. */
  attempt: string;
  reply: MessageReply;
}

/** A model of this process. Rejects with an `ApiError` to refuse. */
export type Model = (call: ModelCall) => Promise<void>;
