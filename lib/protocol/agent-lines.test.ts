import { describe, expect, it } from "vitest";
import { parseAgentLine } from "./agent-lines";

const delta = (text: string): string => JSON.stringify({ n: 1, type: "text.delta", block: "b", text });

describe("parseAgentLine", () => {
  it("reads events and ends, without their number", () => {
    expect(parseAgentLine(delta("hi"))).toEqual({ type: "text.delta", block: "b", text: "hi" });
    expect(parseAgentLine('{"n":2,"type":"agent.finished","summary":"done"}')).toEqual({ type: "agent.finished", summary: "done" });
  });

  it("makes every string storable, at every depth", () => {
    expect(parseAgentLine(delta("a\0\ud800b"))).toMatchObject({ text: "a\u2400\ufffdb" });
    const plan = { type: "plan.updated", items: [{ text: "\0", status: "pending" }] };
    expect(parseAgentLine(JSON.stringify(plan))).toEqual({ type: "plan.updated", items: [{ text: "\u2400", status: "pending" }] });
    const failure = { code: "agent_error", message: "\udfff", remedy: "r", detail: "\0" };
    expect(parseAgentLine(JSON.stringify({ type: "agent.failed", failure }))).toMatchObject({
      failure: { message: "\ufffd", detail: "\u2400" },
    });
    expect(parseAgentLine("raw \0 line")).toEqual({ type: "log.line", stream: "stdout", text: "raw \u2400 line" });
  });

  it("keeps the escapes that a view knows how to show", () => {
    expect(parseAgentLine(delta("\u001b[31mred\r\n\t\b\u0001"))).toMatchObject({ text: "\u001b[31mred\r\n\t\b\u0001" });
  });

  it("bears JSON of absurd depth", () => {
    const deep = "[".repeat(400_000) + "]".repeat(400_000);
    expect(parseAgentLine(`{"type":${deep}}`).type).toBe("log.line");
    expect(parseAgentLine(`{"type":"text.delta","block":"b","text":${deep}}`).type).toBe("log.line");
    expect(parseAgentLine('{"a":'.repeat(190_000)).type).toBe("log.line");
    // V8 reads it or gives up; both are answers.
    expect(["log.line", "text.delta"]).toContain(parseAgentLine(`{"type":"text.delta","block":"b","text":"t","x":${deep}}`).type);
  });

  it("is not polluted by `__proto__`", () => {
    const line = '{"type":"text.delta","block":"b","text":"t","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    const parsed = parseAgentLine(line);
    expect(Object.keys(parsed)).toEqual(["type", "block", "text"]);
    expect("polluted" in parsed || "polluted" in {}).toBe(false);
    expect(parseAgentLine('{"__proto__":{"type":"text.delta","block":"b","text":"t"}}').type).toBe("log.line");
  });

  it("cuts a raw line, well beyond what is shown of it", () => {
    const parsed = parseAgentLine(`${"x".repeat(16_383)}😀${"y".repeat(100_000)}`);
    expect(parsed).toEqual({ type: "log.line", stream: "stdout", text: "x".repeat(16_383) });
  });

  it.each(["", "{", "{}", "null", "[]", '"x"', "{]", '{"type":"run.completed"}', '{"type":"text.delta","block":1,"text":"t"}'])(
    "takes %j as a raw line",
    (text) => {
      expect(parseAgentLine(text)).toEqual({ type: "log.line", stream: "stdout", text });
    },
  );
});
