import type { AgentEvent } from "@/lib/run/events";
import { boundOutput, filterOutput } from "../runs/bound-output";
import type { SecretRedaction } from "../runs/redact-secrets";

/** Output that comes fast is passed on in parts of this time. */
const PART_MS = 150;
const CALL = "setup";
/** What is kept to be shown again: with a failure, and to a run that joins. */
const KEPT = 200_000;

/** A set-up's output on its way to runs: without secrets, bounded, in parts. */
export interface SetupOutput {
  push(text: string): void;
  /** The last words; nothing comes after. */
  end(): void;
  /** What was given out so far, head and tail. */
  said(): string;
  /** Gets what was given out so far, then each part; returns how to leave. */
  follow(listener: (text: string) => void): () => void;
}

/** See `SetupOutput`. The same filters as for an agent's commands. */
export function createSetupOutput(redaction: SecretRedaction): SetupOutput {
  const filter = filterOutput([redaction.attempt(), boundOutput()], 0);
  const listeners = new Set<(text: string) => void>();
  let line = 0;
  let waiting = "";
  let kept = "";
  let timer: NodeJS.Timeout | undefined;

  function give(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting === "") return;
    const text = waiting;
    waiting = "";
    kept += text;
    if (kept.length > KEPT) kept = `${kept.slice(0, KEPT / 2)}\n…\n${kept.slice(-KEPT / 2 + 3)}`;
    for (const listener of listeners) listener(text);
  }

  function take(events: readonly AgentEvent[]): void {
    for (const event of events) waiting += textOf(event);
    if (waiting !== "") timer ??= setTimeout(give, PART_MS);
  }

  return {
    push(text) {
      line += 1;
      take(filter.push({ type: "tool.output", callId: CALL, stream: "stdout", text }, line));
    },
    end() {
      take(filter.push({ type: "tool.finished", callId: CALL, ok: true, durationMs: 0 }, line + 1));
      take(filter.flush().events);
      give();
    },
    said: () => kept,
    follow(listener) {
      if (kept !== "") listener(kept);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function textOf(event: AgentEvent): string {
  if (event.type === "tool.output") return event.text;
  return event.type === "output.truncated" ? `\n… ${event.droppedBytes} bytes of output left out …\n` : "";
}
