import type { RunEvent, RunEventBody } from "@/lib/run/events";

/** A run of several variations that are all at work. `history`: characters that each has written, said and printed so far. */
export function liveHistory(variations: number, history: number): RunEvent[] {
  const events: RunEvent[] = [];
  const add = (event: RunEventBody, variation?: number): void => {
    events.push({ runId: "live", seq: events.length + 1, at: 1_000 + events.length, variation, event });
  };
  add({
    type: "run.created",
    prompt: "Make the retry policy configurable",
    projectId: "p",
    repositoryUrl: "https://example.com/acme/shop",
    repositoryName: "acme/shop",
    variations: Array.from({ length: variations }, () => ({ agent: "builtin", model: "demo" })),
  });
  add({ type: "run.base_pinned", commit: "4f1c2ae".padEnd(40, "0"), branch: "main", submodules: 0, lfsPointers: 0 });
  add({ type: "run.started" });
  for (let variation = 0; variation < variations; variation += 1) {
    add({ type: "variation.preparing" }, variation);
    add({ type: "variation.started", executor: "local", sandbox: "none" }, variation);
    add({ type: "plan.updated", items: [{ text: "Find every caller", status: "in_progress" }] }, variation);
    let written = 0;
    for (let turn = 0; written < history; turn += 1) for (const event of turnOf(turn)) written += addCounted(add, event, variation);
  }
  return events;
}

function addCounted(add: (event: RunEventBody, variation: number) => void, event: RunEventBody, variation: number): number {
  add(event, variation);
  return "text" in event ? event.text.length : 0;
}

/** Some thinking, a text with code, an edit and a command: some 3,000 characters. */
function turnOf(turn: number): RunEventBody[] {
  const callId = (name: string): string => `${name}-${turn}`;
  const lines = (count: number, sign: string): string =>
    Array.from({ length: count }, (_, at) => `${sign} line ${at} of turn ${turn}`).join("\n");
  return [
    { type: "thinking.delta", block: `think-${turn}`, text: "Retry-After can be seconds or an HTTP date. ".repeat(8) },
    { type: "text.delta", block: `text-${turn}`, text: liveText(turn) },
    { type: "tool.started", callId: callId("edit"), tool: "edit", kind: "edit", title: `src/file-${turn}.ts` },
    { type: "tool.output", callId: callId("edit"), stream: "diff", text: `@@ -1,9 +1,9 @@\n${lines(8, "-")}\n${lines(12, "+")}` },
    { type: "tool.finished", callId: callId("edit"), ok: true, durationMs: 12, summary: "+12 −8" },
    { type: "tool.started", callId: callId("run"), tool: "command", kind: "command", title: `npm test -- part-${turn}` },
    { type: "tool.output", callId: callId("run"), stream: "stdout", text: lines(40, "ok") },
    { type: "tool.finished", callId: callId("run"), ok: true, durationMs: 1_200, exitCode: 0 },
  ];
}

/** Markdown as agents write it: a heading, a paragraph, code, a list. */
export function liveText(turn: number): string {
  return [
    `## Part ${turn}`,
    "",
    "The policy is **hard-coded** in two places, `src/http/retry.ts` and `src/http/client.ts`. I move it into the client's options.",
    "",
    "```ts",
    "export interface RetryPolicy {",
    "  /** Attempts in total, the first one included. */",
    `  attempts: ${turn};`,
    "}",
    "```",
    "",
    "- the defaults stay as they are, and the existing tests pass untouched",
    "- `retry: false` turns it off",
    "",
    "",
  ].join("\n");
}
