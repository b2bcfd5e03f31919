import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseAgentLine } from "@/lib/protocol/agent-lines";
import { createSpoolLines, LINE_LIMIT, RAW_LIMIT } from "./spool-writer";

/** What agents printed in a recorded run, with some that no protocol knows. */
const recorded = readFileSync(new URL("../../../lib/run/__fixtures__/retried.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.stringify((JSON.parse(line) as { event: unknown }).event));
const printed = Buffer.from(`${[...recorded, "plain ünï €", "日本 \u0000 ✓", '{"broken":'].join("\n")}\n`);

function lines(...chunks: Buffer[]): string[] {
  const spool = createSpoolLines();
  return [...chunks.flatMap((chunk) => spool.push("stdout", chunk)), ...spool.end()];
}

describe("the spool's lines", () => {
  it("are the same wherever the output is cut", () => {
    const whole = lines(printed);
    expect(whole).toHaveLength(recorded.length + 3);
    for (let cut = 0; cut <= printed.length; cut += 1) expect(lines(printed.subarray(0, cut), printed.subarray(cut))).toEqual(whole);
    expect(whole.map((line) => parseAgentLine(line).type).slice(-3)).toEqual(["log.line", "log.line", "log.line"]);
  });

  it("keep standard error apart, as events", () => {
    const spool = createSpoolLines();
    expect(spool.push("stdout", Buffer.from("half"))).toEqual([]);
    expect(spool.push("stderr", Buffer.from("error\n")).map((line) => JSON.parse(line))).toEqual([
      { type: "log.line", stream: "stderr", text: "error" },
    ]);
    expect(spool.push("stdout", Buffer.from(" line\r\n"))).toEqual(["half line"]);
  });

  it("are cut where they are endless, and say so", () => {
    const long = Buffer.concat([Buffer.alloc(LINE_LIMIT + 5, "x"), Buffer.from("\nnext\n")]);
    const [kept, note, next] = lines(long);
    expect(kept).toHaveLength(LINE_LIMIT);
    expect(JSON.parse(note ?? "")).toEqual({ type: "output.truncated", droppedBytes: 5, limitBytes: LINE_LIMIT });
    expect(next).toBe("next");
  });

  it("stop taking noise at its limit while the agent's own events go on", () => {
    const spool = createSpoolLines();
    const noise = Buffer.from(`${"n".repeat(999)}\n`);
    let kept = 0;
    for (let sent = 0; sent < RAW_LIMIT + 100_000; sent += 1_000)
      kept += spool.push("stdout", noise).filter((line) => line.startsWith("n")).length;
    expect(kept).toBeLessThanOrEqual(RAW_LIMIT / 999);
    const event = '{"type":"text.delta","block":"b","text":"still here"}';
    expect(spool.push("stdout", Buffer.from(`${event}\n`))).toEqual([event]);
  });
});
