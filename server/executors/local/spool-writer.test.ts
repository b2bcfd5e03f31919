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

  it("hold one bounded line of 100 MB without an end, and say what was left out", () => {
    const spool = createSpoolLines();
    const chunk = Buffer.alloc(65_536, "x");
    const count = Math.ceil(100_000_000 / chunk.length);
    for (let sent = 0; sent < count; sent += 1) {
      expect(spool.push("stdout", chunk)).toEqual([]);
      expect(spool.held()).toBeLessThanOrEqual(LINE_LIMIT);
    }
    const [kept, note, ...rest] = spool.push("stdout", Buffer.from("\nnext\n"));
    expect(kept).toHaveLength(LINE_LIMIT);
    const droppedBytes = count * chunk.length - LINE_LIMIT;
    expect(JSON.parse(note ?? "")).toEqual({ type: "output.truncated", droppedBytes, limitBytes: LINE_LIMIT });
    expect(rest).toEqual(["next"]);
    expect(spool.end()).toEqual([]);
  });

  it.each([
    ["lines of text", 200, Buffer.from("some noise, 世界 \0\n".repeat(3_000))],
    ["nothing but line ends", 50, Buffer.alloc(65_536, "\n")],
    ["bytes that are no UTF-8", 50, Buffer.alloc(65_536, Buffer.from([0xff, 0x00, 0xc3, 0x0a]))],
  ])("stay bounded under much noise, %s (%i MB); the agent goes on and the total is told", (_what, megabytes, chunk) => {
    const spool = createSpoolLines();
    const event = '{"n":1,"type":"text.delta","block":"b","text":"still here"}';
    const written: string[] = [];
    let size = 0;
    let most = 0;
    const take = (lines: string[]): void => {
      written.push(...lines.filter((line) => line.startsWith("{")));
      for (const line of lines) size += line.length + 1;
    };
    for (let sent = 0; sent < megabytes * 1_000_000; sent += chunk.length) {
      take(spool.push((sent / chunk.length) % 2 === 0 ? "stdout" : "stderr", chunk));
      most = Math.max(most, spool.held());
    }
    take(spool.push("stdout", Buffer.from(`${event}\n`)));
    const noise = size - written.filter((line) => line === event || line.includes("output.truncated")).join("\n").length;
    take(spool.end());
    expect(most).toBeLessThanOrEqual(2 * LINE_LIMIT);
    expect(noise).toBeLessThanOrEqual(RAW_LIMIT + 1_000);
    expect(written).toContain(event);
    const notes = written.filter((line) => line.includes("output.truncated")).map((line) => JSON.parse(line) as { droppedBytes: number });
    expect(notes).toHaveLength(2);
    // Characters: three bytes of text are one, and a broken byte is one as well.
    expect(notes[1]?.droppedBytes).toBeGreaterThan(megabytes * 750_000);
  });

  it("let the agent's last word through when everything is full, and tell the total of what was dropped", () => {
    const spool = createSpoolLines(10_000);
    const event = `{"n":1,"type":"text.delta","block":"b","text":"${"t".repeat(951)}"}`;
    const kept = Array.from({ length: 15 }, () => spool.push("stdout", Buffer.from(`${event}\n`))).flat();
    expect(kept.filter((line) => line === event)).toHaveLength(9);
    expect(kept.slice(9).map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: "output.truncated", droppedBytes: event.length + 1, limitBytes: 10_000 },
    ]);
    const end = '{"n":16,"type":"agent.finished","summary":"done"}';
    expect(spool.push("stdout", Buffer.from(`${end}\n`))).toEqual([end]);
    expect(spool.end().map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: "output.truncated", droppedBytes: 6 * (event.length + 1), limitBytes: 10_000 },
    ]);
  });

  it("keep a last word in bounds too: a flood of them is no way around the limit", () => {
    const spool = createSpoolLines(0);
    const end = Buffer.from(`{"type":"agent.finished","summary":"${"s".repeat(90_000)}"}\n`);
    let size = 0;
    for (let sent = 0; sent < 100; sent += 1) for (const line of spool.push("stdout", end)) size += line.length;
    expect(size).toBeLessThan(1_001_000);
  });
});
