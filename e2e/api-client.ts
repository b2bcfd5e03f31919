import { setTimeout as wait } from "node:timers/promises";
import { expect } from "@playwright/test";
import type { CreateRunRequest, CreateRunResponse, Problem, RunResponse, SelectResponse, SetupResponse } from "../lib/protocol/http";
import type { DiffResponse } from "../lib/protocol/trees";
import type { RunEvent } from "../lib/run/events";

export interface Answer<T> {
  status: number;
  body: T;
}

export type ApiClient = ReturnType<typeof apiClient>;

/** The API as a program uses it; `always` goes along with each request. */
export function apiClient(url: string, always: Record<string, string> = {}) {
  async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...always, ...headers },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as T };
  }

  const getRun = async (runId: string): Promise<RunResponse> => (await call<RunResponse>("GET", `/runs/${runId}`)).body;

  return {
    call,
    getRun,
    setup: async () => (await call<SetupResponse>("GET", "/setup")).body,
    async startRun(request: CreateRunRequest): Promise<CreateRunResponse> {
      const { status, body } = await call<CreateRunResponse>("POST", "/runs", request);
      expect(status, JSON.stringify(body)).toBe(202);
      return body;
    },
    refuse: (request: unknown) => call<Problem>("POST", "/runs", request),
    diff: async (runId: string, to: string) => (await call<DiffResponse>("GET", `/runs/${runId}/diff?from=base&to=${to}`)).body,
    select: (runId: string, winner: number, reason?: string) =>
      call<SelectResponse>("POST", `/runs/${runId}/select`, { winning_variation_id: winner, reason }),
    /** All events, page by page. */
    async events(runId: string): Promise<RunEvent[]> {
      const events: RunEvent[] = [];
      for (let after = 0; ; ) {
        const { body } = await call<{ events: RunEvent[]; next: number | null }>("GET", `/runs/${runId}/events?after=${after}&limit=500`);
        events.push(...body.events);
        if (body.next === null) return events;
        after = body.next;
      }
    },
    /** Waits for a state, not for a time. */
    async until(runId: string, holds: (run: RunResponse) => boolean, timeoutMs = 90_000): Promise<RunResponse> {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const run = await getRun(runId);
        if (holds(run)) return run;
        if (performance.now() > deadline) throw new Error(`run ${runId} did not get there: ${JSON.stringify(run)}`);
        await wait(50);
      }
    },
  };
}

export const ended = (run: RunResponse): boolean => ["completed", "failed", "cancelled"].includes(run.status);
