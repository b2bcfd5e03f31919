import { setTimeout as wait } from "node:timers/promises";
import type { CreateRunRequest, CreateRunResponse, RunResponse, SetupResponse } from "@/lib/protocol/http";
import type { DiffResponse } from "@/lib/protocol/trees";
import type { RunEvent } from "@/lib/run/events";

export interface FaultClient {
  headers: Record<string, string>;
  call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }>;
  /** Starts a run of the sample repository; one variation per model. */
  startRun(models: readonly string[]): Promise<string>;
  run(runId: string): Promise<RunResponse>;
  log(runId: string): Promise<RunEvent[]>;
  diff(runId: string, to: string): Promise<DiffResponse>;
  retry(runId: string, variation?: number): Promise<void>;
  cancel(runId: string): Promise<void>;
  /** Until the run has ended; an error after `timeoutMs`. */
  ended(runId: string, timeoutMs: number): Promise<RunResponse>;
}

const AWAY_MS = 20_000;

/**
 * The API as a program uses it whose server may be away: what cannot be connected is tried again, for up to 20 s. A POST may be repeated too,
 * since every one carries an `Idempotency-Key`.
 */
export function createFaultClient(url: string, accessToken?: string): FaultClient {
  const headers: Record<string, string> = accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` };
  let posts = 0;

  async function call<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
    const key: Record<string, string> =
      method === "POST" ? { "idempotency-key": `faults-${process.pid}-${posts++}-${Math.round(performance.now())}` } : {};
    const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const deadline = performance.now() + AWAY_MS;
    for (;;) {
      try {
        const response = await fetch(`${url}/api/v1${path}`, {
          method,
          headers: { ...headers, ...json, ...key },
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: AbortSignal.timeout(15_000),
        });
        const text = await response.text();
        return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as T };
      } catch (error) {
        if (performance.now() > deadline) throw new Error(`${method} ${path} cannot be answered: ${String(error)}`);
        await wait(50);
      }
    }
  }

  async function get<T>(path: string): Promise<T> {
    const { status, body } = await call<T>("GET", path);
    if (status !== 200) throw new Error(`GET ${path} answers ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  async function post<T>(path: string, body: unknown, accepted: number[]): Promise<T> {
    const answer = await call<T>("POST", path, body);
    if (!accepted.includes(answer.status)) throw new Error(`POST ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  const run = (runId: string): Promise<RunResponse> => get<RunResponse>(`/runs/${runId}`);

  return {
    headers,
    call,
    run,
    async startRun(models) {
      const { sample_repository } = await get<SetupResponse>("/setup");
      const request: CreateRunRequest = {
        github_url: sample_repository?.url,
        prompt: "Play your script",
        line_up: models.map((model) => ({ model })),
      };
      return (await post<CreateRunResponse>("/runs", request, [202])).run_id;
    },
    async log(runId) {
      const events: RunEvent[] = [];
      for (let after = 0; ; ) {
        const page = await get<{ events: RunEvent[]; next: number | null }>(`/runs/${runId}/events?after=${after}&limit=2000`);
        events.push(...page.events);
        if (page.next === null) return events;
        after = page.next;
      }
    },
    diff: (runId, to) => get<DiffResponse>(`/runs/${runId}/diff?from=base&to=${to}`),
    retry: (runId, variation) => post(`/runs/${runId}/retry`, variation === undefined ? {} : { variation_id: variation }, [200, 202]),
    cancel: (runId) => post(`/runs/${runId}/cancel`, {}, [200, 202, 409]),
    async ended(runId, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      for (;;) {
        const now = await run(runId);
        if (["completed", "failed", "cancelled"].includes(now.status)) return now;
        if (performance.now() > deadline) {
          const states = now.jobs.map(({ state }) => state).join(", ");
          throw new Error(`run ${runId} is still ${now.status} after ${timeoutMs / 1_000} s (${states})`);
        }
        await wait(100);
      }
    },
  };
}
