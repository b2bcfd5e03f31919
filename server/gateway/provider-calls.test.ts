import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  answerJson,
  createGatewayHarness,
  type GatewayHarness,
  hello,
  messageDelta,
  messageStart,
  messageStop,
  PROVIDER_KEY,
  plainUsage,
  refuse,
  sse,
} from "./gateway-harness";

const SONNET = "claude-sonnet-5-5";
const streamed = { ...hello, stream: true };

let gw: GatewayHarness;
beforeEach(async () => {
  gw = await createGatewayHarness();
});
afterEach(() => gw.dispose());

/** Node 20 has no `Promise.withResolvers`. */
function deferred(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}

test("what was checked is what the provider reads: a member that is there twice goes out once", async () => {
  const { baseUrl, seen } = await gw.provide((response) => answerJson(response));
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY } });
  const token = gw.grant(SONNET);
  const remote = '{"type":"image","source":{"type":"url","url":"http://x","type":"base64","media_type":"image/png","data":""}}';
  for (const body of [
    '{"model":"other","model":"m","max_tokens":9,"messages":[],"max_tokens":1}',
    '{"max_tokens":1,"m\\u006fdel":"other","messages":[]}',
    `{"max_tokens":1,"messages":[{"role":"user","content":[${remote}]}]}`,
  ]) {
    expect((await gw.call({ token, body })).status).toBe(200);
  }
  for (const { text } of seen) {
    expect(text.match(/"model"/g)).toHaveLength(1);
    expect(text.match(/"max_tokens"/g)).toHaveLength(1);
    expect(text).not.toContain('"type":"url"');
    expect(text).toContain(SONNET);
  }
});

test("a provider gets the key, the grant's model and few headers, never the token", async () => {
  const { baseUrl, seen } = await gw.provide((response) =>
    answerJson(response, undefined, {
      "request-id": "req_1",
      "anthropic-ratelimit-requests-remaining": "7",
      "set-cookie": "a=b",
      "x-leak": "1",
    }),
  );
  await gw.open({ provider: { baseUrl: `${baseUrl}/prefix/`, apiKey: PROVIDER_KEY } });
  const token = gw.grant(SONNET, { variation: 3 });
  const headers = { authorization: `Bearer ${token}`, "anthropic-version": "2023-06-01", cookie: "c=d" };
  const answer = await gw.call({ path: "/v1/messages?beta=true", headers, body: { ...hello, temperature: 0.5, service_tier: "priority" } });
  expect(answer).toMatchObject({ status: 200, headers: { "request-id": "req_1", "anthropic-ratelimit-requests-remaining": "7" } });
  expect(answer.headers).not.toHaveProperty("set-cookie");
  expect(answer.headers).not.toHaveProperty("x-leak");
  expect(JSON.stringify(answer)).not.toContain(PROVIDER_KEY);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    url: "/prefix/v1/messages?beta=true",
    headers: { "x-api-key": PROVIDER_KEY, "anthropic-version": "2023-06-01" },
  });
  // What changes the price apart from the price list stays here.
  expect(seen[0]?.body).toEqual({ ...hello, temperature: 0.5, model: SONNET });
  expect(JSON.stringify(seen)).not.toContain(token);
  expect(JSON.stringify(seen)).not.toMatch(/cookie|x-aideator/);
  expect(gw.usages.map(({ usage }) => usage)).toEqual([
    {
      model: SONNET,
      requested: undefined,
      call: expect.any(String),
      inputTokens: 1000,
      outputTokens: 9,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      dollars: 0.00209,
    },
  ]);
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit).toMatchObject([
    {
      call: {
        id: gw.usages[0]?.usage.call,
        runId: "run1",
        projectId: "project1",
        variation: 3,
        attempt: 0,
        requestedModel: SONNET,
        model: SONNET,
      },
      end: { outcome: "answered", status: 200, dollars: 0.00209, requestId: "req_1", firstByteMs: expect.any(Number) },
    },
  ]);
  // Bodies hold the user's code.
  expect(gw.audit[0]?.end).toMatchObject({ requestBody: undefined, responseBody: undefined });
});

test("betas pass by a list: none that reaches out of the sandbox, changes the account or the price", async () => {
  const { baseUrl, seen } = await gw.provide((response) => answerJson(response));
  await gw.open({ provider: { baseUrl } });
  const beta = "claude-code-20250219, oauth-2025-04-20,mcp-client-2025-04-04,interleaved-thinking-2025-05-14,fast-mode-2026-02-01,x";
  await gw.call({ token: gw.grant(SONNET), headers: { "anthropic-beta": beta } });
  expect(seen[0]?.headers["anthropic-beta"]).toBe("claude-code-20250219,interleaved-thinking-2025-05-14");
});

test.each([
  [{ mcp_servers: [] }, "mcp_servers"],
  [{ container: "c" }, "container"],
  [
    {
      tools: [
        { name: "a", input_schema: {} },
        { type: "web_search_20250305", name: "web_search" },
      ],
    },
    "tools.1",
  ],
  [{ messages: [{ role: "user", content: [{ type: "image", source: { type: "url", url: "http://x/?secret" } }] }] }, "messages.0"],
  [
    {
      messages: [
        { role: "user", content: [{ type: "tool_result", content: [{ type: "image", source: { type: "url", url: "http://x" } }] }] },
      ],
    },
    "messages.0",
  ],
  [{ max_tokens: 0 }, "max_tokens"],
  [{ max_tokens: "many" }, "max_tokens"],
])("%j is refused before the provider sees it", async (more, field) => {
  const { baseUrl, seen } = await gw.provide((response) => answerJson(response));
  await gw.open({ provider: { baseUrl } });
  const { status, text } = await gw.call({ token: gw.grant(SONNET), body: { ...hello, ...more } });
  expect(status).toBe(400);
  expect(JSON.parse(text).error).toMatchObject({ type: "invalid_request_error", message: expect.stringContaining(field) });
  expect(seen).toEqual([]);
});

test("a provider without a key gets none", async () => {
  const { baseUrl, seen } = await gw.provide((response) => response.end("{}"));
  await gw.open({ provider: { baseUrl } });
  await gw.call({ token: gw.grant("local-model") });
  expect(seen[0]?.headers).not.toHaveProperty("x-api-key");
  expect(seen[0]?.headers).not.toHaveProperty("authorization");
});

test("a model without a known price is metered in tokens, and its dollars are unknown", async () => {
  const { baseUrl } = await gw.provide((response) => answerJson(response));
  await gw.open({ provider: { baseUrl } });
  expect((await gw.call({ token: gw.grant("local-model") })).status).toBe(200);
  expect(gw.usages[0]?.usage).toMatchObject({ model: "local-model", inputTokens: 1000, outputTokens: 9, dollars: null });
});

test("cache writes for an hour and for five minutes are told apart", async () => {
  const usage = {
    ...plainUsage,
    cache_creation_input_tokens: 3_000,
    cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 },
  };
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(sse("message_start", { message: { usage } }) + messageDelta + messageStop);
  });
  await gw.open({ provider: { baseUrl } });
  await gw.call({ token: gw.grant(SONNET), body: streamed });
  // 1000 × 2 + 50 × 10 + 1000 × 2.5 + 2000 × 4, in millionths.
  expect(gw.usages[0]?.usage).toMatchObject({ cacheWriteTokens: 3_000, cacheWrite1hTokens: 2_000, dollars: 0.013 });
});

test("an error of the request is passed on as it is, and charged nothing", async () => {
  const { baseUrl, seen } = await gw.provide((response) => refuse(response, 400, "invalid_request_error", { "request-id": "req_2" }));
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY } });
  const answer = await gw.call({ token: gw.grant(SONNET, { fallbacks: ["claude-haiku-5-5"] }) });
  expect(answer).toMatchObject({ status: 400, headers: { "request-id": "req_2" } });
  expect(JSON.parse(answer.text).error.message).toBe("the provider's words");
  // Another model would be asked the same wrong question.
  expect(seen).toHaveLength(1);
  expect(gw.usages).toEqual([]);
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit).toMatchObject([{ end: { outcome: "failed", status: 400, requestId: "req_2", dollars: 0 } }]);
});

test("counting tokens is passed on and free", async () => {
  const { baseUrl, seen } = await gw.provide((response) => response.end('{"input_tokens":5}'));
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY } });
  expect(await gw.call({ token: gw.grant(SONNET), path: "/v1/messages/count_tokens" })).toMatchObject({ text: '{"input_tokens":5}' });
  expect(seen[0]).toMatchObject({ url: "/v1/messages/count_tokens", body: { model: SONNET } });
  expect(gw.usages).toEqual([]);
});

test("an unreachable provider is a 502 that names its host", async () => {
  await gw.open({ provider: { baseUrl: "http://127.0.0.1:1", apiKey: PROVIDER_KEY } });
  const { status, text } = await gw.call({ token: gw.grant(SONNET) });
  expect(status).toBe(502);
  expect(JSON.parse(text).error).toMatchObject({ type: "api_error", message: expect.stringContaining("127.0.0.1:1 cannot be reached") });
});

test("a stream arrives as it is sent; its end waits for the charge", async () => {
  const more = deferred();
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart);
    void more.promise.then(() => response.end(messageDelta + messageStop));
  });
  const charged = deferred();
  const onUsage = vi.fn(() => charged.promise);
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY }, onUsage });
  let arrived = "";
  const answer = gw.call({ token: gw.grant(SONNET), body: streamed, onData: (text) => (arrived = text) });
  await vi.waitFor(() => expect(arrived).toBe(messageStart));
  more.resolve();
  await vi.waitFor(() => expect(onUsage).toHaveBeenCalledTimes(1));
  await sleep(50);
  expect(arrived).not.toContain("message_stop");
  charged.resolve();
  expect(await answer).toMatchObject({ text: messageStart + messageDelta + messageStop, whole: true });
  expect(onUsage).toHaveBeenCalledTimes(1);
  expect(onUsage).toHaveBeenCalledWith(
    expect.anything(),
    expect.objectContaining({ inputTokens: 1000, outputTokens: 50, dollars: 0.0025 }),
  );
});

test("a stream that the provider cuts is charged with what arrived, and arrives as cut", async () => {
  const text = sse("content_block_delta", { index: 0, delta: { type: "text_delta", text: "x".repeat(80) } });
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart + text);
    setTimeout(() => response.destroy(), 30);
  });
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY } });
  const answer = await gw.call({ token: gw.grant(SONNET), body: streamed });
  expect(answer).toMatchObject({ status: 200, whole: false });
  expect(gw.usages).toHaveLength(1);
  expect(gw.usages[0]?.usage).toMatchObject({ inputTokens: 1000, outputTokens: 21 });
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit).toMatchObject([{ end: { outcome: "cut", providerBroke: true, status: 200, counts: { outputTokens: 21 } } }]);
});

test("what is estimated of a cut stream never exceeds max_tokens", async () => {
  const text = sse("content_block_delta", { index: 0, delta: { type: "text_delta", text: "x".repeat(8_000) } });
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart + text);
    setTimeout(() => response.destroy(), 30);
  });
  await gw.open({ provider: { baseUrl } });
  await gw.call({ token: gw.grant(SONNET), body: streamed });
  expect(gw.usages[0]?.usage.outputTokens).toBe(hello.max_tokens);
});

test("when the caller leaves, the provider's call ends too and is charged", async () => {
  const left = deferred();
  const { baseUrl } = await gw.provide((response) => {
    response.on("close", () => left.resolve());
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart);
  });
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY } });
  const request = gw.send({ token: gw.grant(SONNET), body: streamed });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
  request.destroy();
  await left.promise;
  await vi.waitFor(() => expect(gw.usages).toHaveLength(1));
  await vi.waitFor(() => expect(gw.audit).toMatchObject([{ end: { outcome: "cut", providerBroke: false } }]));
});

test("a slow reader slows the provider down", async () => {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, "x");
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const push = (): void => {
      while (sent < 200 * 1024 * 1024 && response.write(chunk)) sent += chunk.length;
    };
    response.on("drain", push);
    push();
  });
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY } });
  const [response] = (await once(gw.send({ token: gw.grant(SONNET), body: streamed }), "response")) as [IncomingMessage];
  await sleep(500);
  expect(sent).toBeLessThan(50 * 1024 * 1024);
  response.destroy();
});

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
] as const)("an answer in %s, which nobody asked for, is read and metered all the same", async (encoding, compress) => {
  const { baseUrl, seen } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": encoding });
    response.end(compress(messageStart + messageDelta + messageStop));
  });
  await gw.open({ provider: { baseUrl } });
  const answer = await gw.call({ token: gw.grant(SONNET), body: streamed });
  expect(answer).toMatchObject({ status: 200, text: messageStart + messageDelta + messageStop, whole: true });
  expect(answer.headers).not.toHaveProperty("content-encoding");
  expect(seen[0]?.headers["accept-encoding"]).toBe("identity");
  expect(gw.usages[0]?.usage).toMatchObject({ inputTokens: 1000, outputTokens: 50 });
});

test("a compressed stream that breaks off arrives as cut", async () => {
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
    response.write(gzipSync(messageStart).subarray(0, 40));
    setTimeout(() => response.destroy(), 30);
  });
  await gw.open({ provider: { baseUrl } });
  expect(await gw.call({ token: gw.grant(SONNET), body: streamed })).toMatchObject({ status: 200, whole: false });
});

test("a provider that says nothing is a 504; one that falls silent in mid-stream is cut", async () => {
  const { baseUrl } = await gw.provide((response, { body }) => {
    if (body.temperature === 1) return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart);
  });
  await gw.open({ provider: { baseUrl }, rhythm: { firstByteMs: 100, idleMs: 100 } });
  const token = gw.grant(SONNET);
  const silent = await gw.call({ token, body: { ...streamed, temperature: 1 } });
  expect(silent.status).toBe(504);
  expect(JSON.parse(silent.text).error).toMatchObject({ type: "timeout_error", message: expect.stringContaining("said nothing") });
  expect(await gw.call({ token, body: streamed })).toMatchObject({ status: 200, whole: false, text: messageStart });
  expect(gw.usages).toHaveLength(1);
  await vi.waitFor(() =>
    expect(gw.audit.map(({ end }) => end)).toMatchObject([{ outcome: "failed" }, { outcome: "cut", providerBroke: true }]),
  );
});

test("a stream that is no stream of events is passed on as it is", async () => {
  const odd = `data: {"type":\n\nevent: message_start\ndata: [1]\n\n${"\u0000".repeat(10)}\n\n${messageStart}data: {{{\n\n`;
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(odd);
  });
  await gw.open({ provider: { baseUrl } });
  expect(await gw.call({ token: gw.grant(SONNET), body: streamed })).toMatchObject({ status: 200, text: odd, whole: true });
  expect(gw.usages[0]?.usage).toMatchObject({ inputTokens: 1000 });
  await vi.waitFor(() => expect(gw.audit).toMatchObject([{ end: { outcome: "cut" } }]));
});

test("a kept connection that the provider has closed meanwhile costs no call", async () => {
  const requests: string[] = [];
  const server = createTcpServer((socket) => {
    let calls = 0;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      if (!chunk.toString("latin1").startsWith("POST")) return;
      calls += 1;
      requests.push(`call ${calls}`);
      // Kept open after the first call, and reset when it is used again.
      if (calls > 1) return void socket.resetAndDestroy();
      const body = JSON.stringify({ type: "message", usage: plainUsage });
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: keep-alive\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  await gw.open({ provider: { baseUrl: `http://127.0.0.1:${port}` } });
  const token = gw.grant(SONNET);
  expect((await gw.call({ token })).status).toBe(200);
  expect((await gw.call({ token })).status).toBe(200);
  expect(requests).toEqual(["call 1", "call 2", "call 1"]);
  expect(gw.usages).toHaveLength(2);
  server.close();
});
