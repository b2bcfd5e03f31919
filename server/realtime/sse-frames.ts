import type { RunEvent } from "@/lib/run/events";
import { jobName } from "@/lib/run/select";

/** One frame of `GET /runs/{id}/stream`: the names and fields that API users know, plus `seq`, `at` and `type`. */
export function sseFrame(event: RunEvent): string {
  const { name, fields } = frameOf(event);
  const { runId, seq, at, variation, attempt, event: body } = event;
  const place = variation === undefined ? {} : { variation_id: variation, job_name: jobName(runId, variation, attempt) };
  const data = { run_id: runId, ...place, ...fields, seq, at: new Date(at).toISOString(), type: body.type };
  return `id: ${seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Kinds without a name of their own go out as `status`. */
function frameOf({ event }: RunEvent): { name: string; fields: object } {
  switch (event.type) {
    case "text.delta":
    case "thinking.delta":
      return { name: "agent_output", fields: { content: event.text, block: event.block } };
    case "setup.output":
      return { name: "status", fields: { status: event.type, content: event.text } };
    case "log.line":
      return { name: "agent_output", fields: { content: event.text } };
    case "tool.started":
    case "tool.output":
    case "tool.finished":
      return { name: "tool", fields: withoutType(event) };
    case "usage.recorded":
      return { name: "usage", fields: withoutType(event) };
    case "variation.completed":
      return { name: "job_completed", fields: { status: "completed", summary: event.summary } };
    case "variation.cancelled":
      return { name: "job_completed", fields: { status: "cancelled" } };
    case "variation.failed":
      return { name: "error", fields: { status: "failed", error: event.failure.message, failure: event.failure } };
    case "run.completed":
      return { name: "completion", fields: { status: "completed" } };
    case "run.cancelled":
      return { name: "completion", fields: { status: "cancelled" } };
    case "run.failed":
      return { name: "completion", fields: { status: "failed", error: event.failure.message, failure: event.failure } };
    case "check.queued":
    case "check.started":
    case "check.finished":
    case "check.compared":
    case "crosstest.queued":
    case "crosstest.started":
    case "crosstest.finished":
      return { name: "check", fields: { status: event.type.slice(event.type.indexOf(".") + 1), ...withoutType(event) } };
    case "run.started":
      return { name: "status", fields: { status: "started", message: "The variations are being started." } };
    default:
      return { name: "status", fields: { status: event.type, ...withoutType(event) } };
  }
}

function withoutType({ type: _type, ...rest }: RunEvent["event"]): object {
  return rest;
}
