import { expect, test } from "vitest";
import { meterUsage } from "./meter-usage";

const SSE = "text/event-stream; charset=utf-8";

const events: [string, object][] = [
  [
    "message_start",
    { message: { usage: { input_tokens: 25, output_tokens: 1, cache_read_input_tokens: 300, cache_creation_input_tokens: 40 } } },
  ],
  ["ping", {}],
  ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }],
  // The text imitates an event, and has characters of more than one byte.
  ["content_block_delta", { index: 0, delta: { type: "text_delta", text: 'Grüße 🌍\n\ndata: {"type":"message_stop"}\n\n' } }],
  ["message_delta", { delta: { stop_reason: null }, usage: { output_tokens: 7 } }],
  ["message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 15, input_tokens: null } }],
  ["message_stop", {}],
];

function stream(newline: string): Buffer {
  return Buffer.from(
    events.map(([type, rest]) => `event: ${type}${newline}data: ${JSON.stringify({ type, ...rest })}${newline}${newline}`).join(""),
  );
}

const whole = { inputTokens: 25, outputTokens: 15, cacheReadTokens: 300, cacheWriteTokens: 40 };

test.each([
  ["LF", "\n"],
  ["CRLF", "\r\n"],
])("a stream with %s may be split at every byte", (_, newline) => {
  const bytes = stream(newline);
  for (let at = 0; at <= bytes.length; at += 1) {
    const meter = meterUsage(SSE);
    meter.observe(bytes.subarray(0, at));
    expect(meter.stopped).toBe(at === bytes.length);
    meter.observe(bytes.subarray(at));
    expect(meter.stopped).toBe(true);
    expect(meter.finish()).toEqual(whole);
  }
  const single = meterUsage(SSE);
  for (const byte of bytes) single.observe(Buffer.from([byte]));
  expect(single.finish()).toEqual(whole);
});

test.each(["\n", "\r\n"])("a stream may be cut at every byte: what arrived is charged", (newline) => {
  const bytes = stream(newline);
  const ends = (needle: string): number => bytes.indexOf(needle) + Buffer.byteLength(needle);
  const started = ends('"cache_creation_input_tokens":40}}}');
  const seven = ends('"usage":{"output_tokens":7}}');
  const fifteen = ends('"input_tokens":null}}');
  for (let at = 0; at <= bytes.length; at += 1) {
    const meter = meterUsage(SSE);
    meter.observe(bytes.subarray(0, at));
    const outputTokens = at < seven ? 1 : at < fifteen ? 7 : 15;
    expect(meter.finish(), `cut at ${at}`).toEqual(at < started ? undefined : { ...whole, outputTokens });
  }
});

test("a JSON body is metered as a whole, and only as a whole", () => {
  const body = Buffer.from(
    JSON.stringify({ type: "message", usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: null } }),
  );
  const meter = meterUsage("application/json");
  meter.observe(body.subarray(0, 10));
  meter.observe(body.subarray(10));
  expect(meter.finish()).toEqual({ inputTokens: 3, outputTokens: 4, cacheReadTokens: 0, cacheWriteTokens: 0 });
  const cut = meterUsage("application/json");
  cut.observe(body.subarray(0, 30));
  expect(cut.finish()).toBeUndefined();
});

test("an answer without counts charges nothing", () => {
  const stray = meterUsage(SSE);
  stray.observe(Buffer.from('data: {"type":"message_delta","usage":{"output_tokens":9}}\n\n'));
  expect(stray.finish()).toBeUndefined();
  expect(meterUsage(undefined).finish()).toBeUndefined();
});
