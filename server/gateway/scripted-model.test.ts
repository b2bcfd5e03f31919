import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followUpBlock } from "@/lib/protocol/follow-up";
import { createModelServer, type ModelServer } from "./create-model-server";
import { createScriptedModel } from "./scripted-model";

let dir: string;
let server: ModelServer;
let number = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "script-"));
  const scripted = createScriptedModel(dir);
  server = await createModelServer({ demo: scripted, scripted });
});
afterAll(async () => {
  await server.close();
  await rm(dir, { recursive: true, force: true });
});

/** Plays these steps as the first turn of a script of their own; undefined when the connection broke before an answer. */
async function play(steps: unknown[], stream = true, seed = 1): Promise<{ status: number; text: string; headers: Headers } | undefined> {
  number += 1;
  await writeFile(join(dir, `s${number}.json`), JSON.stringify({ seed, default: { turns: [{ steps }] } }));
  return again(stream);
}

async function again(stream = true): Promise<{ status: number; text: string; headers: Headers } | undefined> {
  try {
    const response = await fetch(`${server.baseUrl}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": server.apiKey },
      body: JSON.stringify({ model: `script:s${number}`, stream, messages: [{ role: "user", content: "Hello" }] }),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  } catch {
    return undefined;
  }
}

test.each([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [529, "overloaded_error"],
])("status %i is answered as %s, then the script goes on", async (status, type) => {
  const refused = await play([{ error: { status, retryAfter: 7 } }, { text: "Now." }]);
  expect(refused?.status).toBe(status);
  expect(JSON.parse(refused?.text ?? "")).toMatchObject({ type: "error", error: { type } });
  expect(refused?.headers.get("retry-after")).toBe("7");
  expect((await again())?.text).toContain("Now.");
});

test("an error can be an event of a stream that has only begun", async () => {
  const answer = await play([{ error: { status: 529, as: "event" } }]);
  expect(answer?.status).toBe(200);
  expect(answer?.text).toMatch(/message_start[^]*event: error\ndata: .*overloaded_error/);
});

test("a connection can be reset before its answer, and be fine the third time", async () => {
  expect(await play([{ reset: { times: 2 } }, { text: "There." }])).toBeUndefined();
  expect(await again()).toBeUndefined();
  expect((await again())?.text).toContain("There.");
});

test.each(["text", "thinking", "tool"])("a stream can be cut in the middle of %s", async (kind) => {
  expect(await play([{ cut: { in: kind } }, { text: "Whole." }])).toBeUndefined();
  expect((await again())?.text).toMatch(/Whole\.[^]*message_stop/);
});

test("input can be malformed in any way, events can be unknown, and silence can end", async () => {
  const answer = await play([
    { malformed: { tool: "edit", json: "[1," } },
    { event: "future_event", data: { a: 1 } },
    { hang: 0.05 },
    { text: "Yes." },
  ]);
  expect(answer?.text).toContain('"name":"edit"');
  expect(answer?.text).toContain('"partial_json":"[1,"');
  expect(answer?.text).toContain('event: future_event\ndata: {"type":"future_event","a":1}');
  expect(answer?.text).toContain("Yes.");
});

test.each(["max_tokens", "refusal", "pause_turn", "end_turn"])("it stops for the reason %s, streamed or not", async (stop) => {
  const steps = [{ text: "So" }, { stop }];
  expect((await play(steps))?.text).toContain(`"stop_reason":"${stop}"`);
  expect(JSON.parse((await play(steps, false))?.text ?? "")).toMatchObject({ stop_reason: stop, stop_sequence: null });
});

test("a stop sequence and all counts are told", async () => {
  const usage = { input: 11, output: 22, cacheRead: 33, cacheWrite: 44 };
  const answer = await play([{ usage }, { text: "So" }, { stop: "stop_sequence", sequence: "END" }], false);
  expect(JSON.parse(answer?.text ?? "")).toMatchObject({
    stop_reason: "stop_sequence",
    stop_sequence: "END",
    usage: { input_tokens: 11, output_tokens: 22, cache_read_input_tokens: 33, cache_creation_input_tokens: 44 },
  });
});

test("tools in one step and in several are calls of one turn", async () => {
  const answer = await play(
    [
      {
        tools: [
          { tool: "list", input: {} },
          { tool: "read", input: { path: "a" } },
        ],
      },
      { tool: "plan", input: {} },
    ],
    false,
  );
  const { content } = JSON.parse(answer?.text ?? "") as { content: { name: string; id: string }[] };
  expect(content.map(({ name }) => name)).toEqual(["list", "read", "plan"]);
  expect(new Set(content.map(({ id }) => id)).size).toBe(3);
});

test("a follow-up plays what is written down for it, with its message for a prompt; the last one answers all later ones", async () => {
  const turns = (text: string) => [{ steps: [{ text }, { tool: "list", input: {} }] }, { steps: [{ text: `${text} again` }] }];
  const script = {
    default: {
      turns: turns("prompt"),
      followUps: [{ turns: turns("first: {{prompt}}") }, { turns: [{ steps: [{ text: "later", when: { prompt: "more" } }] }] }],
    },
  };
  await writeFile(join(dir, "follow.json"), JSON.stringify(script));
  await writeFile(join(dir, "plain.json"), JSON.stringify({ default: { turns: turns("{{prompt}}") } }));
  const ask = async (name: string, number: number, message: string, past: unknown[] = []): Promise<string> => {
    const messages = [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Done." },
      {
        role: "user",
        content: [
          { type: "text", text: "record" },
          { type: "text", text: followUpBlock(number, message) },
        ],
      },
      ...past,
    ];
    const body = JSON.stringify({ model: `script:${name}`, stream: false, messages });
    const response = await fetch(`${server.baseUrl}/v1/messages`, { method: "POST", headers: { "x-api-key": server.apiKey }, body });
    return ((await response.json()) as { content: { text?: string }[] }).content[0]?.text ?? "";
  };
  expect(await ask("follow", 1, "now tests")).toBe("first: now tests");
  const past = [
    { role: "assistant", content: [{ type: "tool_use", id: "t", name: "list", input: {} }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "x" }] },
  ];
  expect(await ask("follow", 1, "now tests", past)).toBe("first: now tests again");
  expect(await ask("follow", 2, "more")).toBe("later");
  expect(await ask("follow", 7, "more")).toBe("later");
  expect(await ask("plain", 1, "once more")).toBe("once more");
});
