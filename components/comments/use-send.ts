"use client";

import { useRef, useState } from "react";
import type { StoreApi } from "zustand";
import { toast } from "@/components/ui/toast";
import { ApiProblem, problemFrom, sendMessage } from "@/lib/client/api";
import type { SendMessageRequest } from "@/lib/protocol/messages";
import type { RunState } from "@/lib/run/state";
import type { DraftStore } from "./draft-store";
import { newId } from "./new-id";
import { recipientsOf } from "./recipients";

/** Sends what was written; it comes back where the server did not take it. Asked again without an answer, it is the same message. */
export function useSend(run: RunState, drafts: StoreApi<DraftStore>): { sending: boolean; send: () => Promise<void> } {
  const [sending, setSending] = useState(false);
  const tried = useRef<{ body: string; key: string }>(undefined);

  async function send(): Promise<void> {
    const { to, comments: drafted, take, putBack } = drafts.getState();
    const taken = take();
    const { text, comments } = taken;
    const request: SendMessageRequest = {
      text,
      variations: [...recipientsOf(run, to, drafted)],
      comments: comments.map(({ on, text, port, replyTo }) => ({ on, text, port, reply_to: replyTo })),
    };
    const body = JSON.stringify(request);
    if (tried.current?.body !== body) tried.current = { body, key: newId() };
    setSending(true);
    try {
      await sendMessage(run.runId, request, tried.current.key);
      tried.current = undefined;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.isUnanswered)) tried.current = undefined;
      putBack(taken);
      const { detail, errors } = problemFrom(error);
      toast.error("Could not send the message", { description: errors?.[0]?.message ?? detail });
    } finally {
      setSending(false);
    }
  }

  return { sending, send };
}
