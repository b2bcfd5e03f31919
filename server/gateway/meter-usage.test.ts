import { expect, test } from "vitest";
import { meterUsage } from "./meter-usage";

const SSE = "text/event-stream; charset=utf-8";

// The text imitates an event, and has characters of more than one byte.
const said = 'Grüße 🌍\n\ndata: {"type":"message_stop"}\n\n';
const events: [string, object][] = [
  [
    "message_start",
    {
      message: {
        usage: {
          input_tokens: 25,
          output_tokens: 1,
          cache_read_input_tokens: 300,
          cache_creation_input_tokens: 40,
          cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 10 },
        },
      },
    },
  ],
  ["ping", {}],
  ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }],
  ["content_block_delta", { index: 0, delta: { type: "text_delta", text: said } }],
  ["message_delta", { delta: { stop_reason: null }, usage: { output_tokens: 7 } }],
  ["message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 15, input_tokens: null } }],
  ["message_stop", {}],
];

function stream(newline: string): Buffer {
  return Buffer.from(
    events.map(([type, rest]) => `event: ${type}${newline}data: ${JSON.stringify({ type, ...rest })}${newline}${newline}`).join(""),
  );
}

const whole = { inputTokens: 25, outputTokens: 15, cacheReadTokens: 300, cacheWriteTokens: 40, cacheWrite1hTokens: 10 };

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

test.each(["\n", "\r\n"])(
  "a stream may be cut at every byte: what arrived is charged, by its length where nobody had counted it",
  (newline) => {
    const bytes = stream(newline);
    const ends = (needle: string): number => bytes.indexOf(needle) + Buffer.byteLength(needle);
    const started = ends('"ephemeral_1h_input_tokens":10}}}}');
    const texted = ends(`${JSON.stringify(said)}}}`);
    const seven = ends('"usage":{"output_tokens":7}}');
    const fifteen = ends('"input_tokens":null}}');
    const estimated = 1 + Math.ceil(Buffer.byteLength(said) / 4);
    for (let at = 0; at <= bytes.length; at += 1) {
      const meter = meterUsage(SSE);
      meter.observe(bytes.subarray(0, at));
      const outputTokens = at < texted ? 1 : at < seven ? estimated : at < fifteen ? 7 : 15;
      expect(meter.finish(), `cut at ${at}`).toEqual(at < started ? undefined : { ...whole, outputTokens });
    }
  },
);

test("what the prompt cost is known as soon as the stream has said it", () => {
  const meter = meterUsage(SSE);
  expect(meter.begun).toBeUndefined();
  meter.observe(stream("\n").subarray(0, 400));
  expect(meter.begun).toEqual({ ...whole, outputTokens: 1 });
});

test("the sum of cache writes may be given by their tiers alone", () => {
  const meter = meterUsage("application/json");
  const usage = { input_tokens: 1, output_tokens: 2, cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 } };
  meter.observe(Buffer.from(JSON.stringify({ usage })));
  expect(meter.finish()).toEqual({ inputTokens: 1, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 7, cacheWrite1hTokens: 4 });
});

test("an error event is noticed", () => {
  const meter = meterUsage(SSE);
  meter.observe(Buffer.from('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"m"}}\n\n'));
  expect(meter.errorType).toBe("overloaded_error");
});

test("a JSON body is metered as a whole, and only as a whole", () => {
  const body = Buffer.from(
    JSON.stringify({ type: "message", usage: { input_tokens: 3, output_tokens: 4, cache_read_input_tokens: null } }),
  );
  const meter = meterUsage("application/json");
  meter.observe(body.subarray(0, 10));
  meter.observe(body.subarray(10));
  expect(meter.finish()).toMatchObject({ inputTokens: 3, outputTokens: 4, cacheReadTokens: 0, cacheWriteTokens: 0 });
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
