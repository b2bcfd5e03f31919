import { createHash, randomBytes } from "node:crypto";
import type { MessageResponse, SendMessageOrder } from "@/lib/protocol/messages";
import type { RunCommand } from "@/lib/run/commands";
import { isWaiting, type RunMessage, turnOfAttempt } from "@/lib/run/message-state";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import type { RunConductor } from "./conduct-run";
import { resolveComment } from "./resolve-comment";
import type { RunContext } from "./run-context";
import { needRoom } from "./run-service";

/** Saying something to variations after the prompt. Rejects with `AppError`. */
export interface MessageService {
  list(runId: string): Promise<{ messages: MessageResponse[] }>;
  /** One fact for all recipients. `idempotencyKey`: the same key and request again is the same message. */
  send(runId: string, order: SendMessageOrder, by: string, idempotencyKey?: string): Promise<MessageResponse>;
  /** From whom it was not given to yet: from all of them, or from one. */
  withdraw(runId: string, id: string, by: string, variation?: number): Promise<MessageResponse>;
  resolve(runId: string, comment: string, resolved: boolean, by: string): Promise<MessageResponse>;
}

/** See `MessageService`. */
export function createMessageService(context: RunContext, conductor: RunConductor): MessageService {
  const { writer } = context;

  async function stateOf(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  async function carryOut(runId: string, command: RunCommand): Promise<RunState> {
    const result = await writer.command(runId, command);
    if (!result.ok) throw new AppError(result.rejected.code, result.rejected.message);
    return result.state;
  }

  function answer(run: RunState, holds: (message: RunMessage) => boolean): MessageResponse {
    const message = run.messages.find(holds);
    if (message === undefined) throw new AppError("not_found", "This run has no such message.");
    return describeMessage(run, message);
  }

  return {
    async list(runId) {
      const run = await stateOf(runId);
      return { messages: run.messages.map((message) => describeMessage(run, message)) };
    },
    async send(runId, order, by, idempotencyKey) {
      const run = await stateOf(runId);
      const id = messageId(runId, idempotencyKey);
      const requestHash = createHash("sha256").update(JSON.stringify(order)).digest("hex");
      const known = run.messages.find((message) => message.id === id);
      if (known !== undefined && known.requestHash !== requestHash) throw keyReused();
      if (known !== undefined) return describeMessage(run, known);
      await needRoom(context);
      const to = order.variations ?? run.variations.map(({ index }) => index);
      const comments = await Promise.all(
        order.comments.map(async (draft, at) => ({
          id: `${id}-${at + 1}`,
          ...(await resolveComment(context.git, run, draft, `comments.${at}`)),
        })),
      );
      const after = await carryOut(runId, { type: "message.send", id, text: order.text, to, by, comments, requestHash });
      conductor.conduct(runId);
      return answer(after, (message) => message.id === id);
    },
    async withdraw(runId, id, by, variation) {
      const run = await carryOut(runId, { type: "message.withdraw", id, variation, by });
      return answer(run, (message) => message.id === id);
    },
    async resolve(runId, id, resolved, by) {
      const run = await carryOut(runId, { type: resolved ? "comment.resolve" : "comment.reopen", id, by });
      return answer(run, ({ comments }) => comments.some((comment) => comment.id === id));
    },
  };
}

function describeMessage(run: RunState, message: RunMessage): MessageResponse {
  const { id, text, by, at, to, comments, delivered, withdrawn } = message;
  return {
    id,
    text,
    by,
    at: new Date(at).toISOString(),
    recipients: to.map((index) => {
      const attempt = delivered[index];
      const variation = run.variations[index];
      const turn = attempt === undefined || variation === undefined ? undefined : turnOfAttempt(variation, attempt);
      const state = isWaiting(message, index) ? "waiting" : withdrawn.includes(index) ? "withdrawn" : "delivered";
      return { variation_id: index, state, attempt: attempt ?? null, turn: turn ?? null };
    }),
    comments: comments.map((comment) => ({ ...comment, resolved: run.resolved.includes(comment.id) })),
  };
}

function messageId(runId: string, key: string | undefined): string {
  if (key === undefined) return randomBytes(8).toString("hex");
  return createHash("sha256").update(`${runId} ${key}`).digest("hex").slice(0, 16);
}

function keyReused(): AppError {
  return new AppError("conflict", "This Idempotency-Key was used with another message. Use a new key for a new message.", [
    { field: "Idempotency-Key", message: "Already used with another body." },
  ]);
}
