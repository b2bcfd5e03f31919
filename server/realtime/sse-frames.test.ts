import { expect, it } from "vitest";
import type { RunEventBody } from "@/lib/run/events";
import { sseFrame } from "./sse-frames";

const failure = { code: "lost" as const, message: "gone", remedy: "again" };

it.each<[RunEventBody, string, object]>([
  [{ type: "run.started" }, "status", { status: "started" }],
  [{ type: "text.delta", block: "t1.0", text: "hi\n\nevent: x" }, "agent_output", { variation_id: 0, content: "hi\n\nevent: x" }],
  [{ type: "tool.started", callId: "c", tool: "read", kind: "read", title: "a" }, "tool", { title: "a" }],
  [{ type: "variation.completed" }, "job_completed", { status: "completed", job_name: "agent-abcdefabcdef-0" }],
  [{ type: "variation.failed", failure }, "error", { error: "gone", failure }],
  [{ type: "run.completed" }, "completion", { status: "completed" }],
  [{ type: "check.started", id: "c1" }, "check", { status: "started", id: "c1" }],
  [{ type: "variation.preparing" }, "status", { status: "variation.preparing" }],
])("sends %j as %s", (event, name, fields) => {
  const frame = sseFrame({ runId: "abcdefabcdef", seq: 7, at: 0, variation: 0, attempt: 0, event });
  const [id, type, data, ...end] = frame.split("\n");
  expect([id, type, end]).toEqual(["id: 7", `event: ${name}`, ["", ""]]);
  expect(JSON.parse(data?.slice("data: ".length) ?? "")).toMatchObject({
    run_id: "abcdefabcdef",
    seq: 7,
    at: "1970-01-01T00:00:00.000Z",
    type: event.type,
    ...fields,
  });
});
