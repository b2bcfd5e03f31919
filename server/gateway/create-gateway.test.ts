import { once } from "node:events";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGateway } from "./create-gateway";
import type { AttemptGrant, GatewayOptions, ModelGateway } from "./gateway";

const KEY = "sk-provider-key";
const scriptsDir = fileURLToPath(new URL("../../e2e/scripts", import.meta.url));
const hello = { model: "whatever", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };
const usage = { input_tokens: 1000, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
const messageStart = `event: message_start\ndata: ${JSON.stringify({ type: "message_start", message: { usage } })}\n\n`;
const messageDelta = `event: message_delta\ndata: ${JSON.stringify({ type: "message_delta", usage: { output_tokens: 50 } })}\n\n`;
const messageStop = `event: message_stop\ndata: {"type":"message_stop"}\n\n`;

let dir: string;
let gateway: ModelGateway | undefined;
const servers: Server[] = [];
const onUsage = vi.fn<GatewayOptions["onUsage"]>();

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "gw-"));
  onUsage.mockReset().mockResolvedValue(undefined);
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(dir, { recursive: true, force: true });
});

/** Node 20 has no `Promise.withResolvers`. */
function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve(value) };
}

const grants: Record<string, AttemptGrant> = {};
function grant(model: string, variation = 0): string {
  const token = `token-${model}-${variation}`;
  grants[token] = { runId: "run1", variation, attempt: 0, model };
  return token;
}

async function open(options: Partial<GatewayOptions> = {}): Promise<void> {
  const socketPath = join(dir, "gateway", "gateway.sock");
  gateway = await createGateway({ socketPath, authorize: async (token) => grants[token], onUsage, scriptsDir, ...options });
}

interface Seen {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** A provider that notes what it was asked. */
async function provide(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<{ baseUrl: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += String(chunk)));
    request.on("end", () => {
      seen.push({ url: request.url, headers: request.headers, body: JSON.parse(text) });
      answer(response, request);
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
  whole: boolean;
}

interface Call {
  token?: string;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  onData?(text: string): void;
}

function send({ token, path = "/v1/messages", method = "POST", headers = {}, body = hello }: Call): ReturnType<typeof httpRequest> {
  const auth = token === undefined ? {} : { "x-api-key": token };
  const request = httpRequest({ socketPath: gateway?.socketPath, path, method, headers: { ...auth, ...headers }, agent: false });
  request.on("error", () => undefined);
  if (method !== "GET") request.write(typeof body === "string" ? body : JSON.stringify(body));
  request.end();
  return request;
}

async function call(options: Call): Promise<Answer> {
  const [response] = (await once(send(options), "response")) as [IncomingMessage];
  let text = "";
  const { promise, resolve } = deferred<boolean>();
  response.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    options.onData?.(text);
  });
  response.on("error", () => resolve(false));
  response.on("end", () => resolve(true));
  const whole = await promise;
  return { status: response.statusCode, headers: response.headers, text, whole };
}

test("the socket is open to all users, replaces a stale one, and is gone after close", async () => {
  await open();
  const path = gateway?.socketPath ?? "";
  expect((await stat(path)).mode & 0o777).toBe(0o666);
  expect((await stat(join(dir, "gateway"))).mode & 0o777).toBe(0o755);
  await gateway?.close();
  await writeFile(path, "stale");
  await chmod(path, 0o600);
  await open();
  expect((await call({ token: grant("script:edits"), body: hello })).status).toBe(200);
});

test("who brings no token, or a wrong one, gets a 401 in the API's shape", async () => {
  await open();
  for (const headers of [{}, { "x-api-key": "wrong" }, { authorization: "Bearer wrong" }, { authorization: "Basic x" }]) {
    const { status, text } = await call({ headers: headers as Record<string, string> });
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  }
});

test("everything but the two routes is a 404", async () => {
  await open();
  const token = grant("script:edits");
  for (const [method, path] of [
    ["GET", "/v1/messages"],
    ["POST", "/v1/complete"],
    ["GET", "/"],
    ["POST", "/v1/messages/batches"],
  ]) {
    const { status, text } = await call({ token, method, path });
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "not_found_error" } });
  }
});

test("a body that is too large or no object is refused, and the connection lives", async () => {
  await open();
  const token = grant("script:edits");
  expect(await call({ token, body: "x".repeat(33 * 1024 * 1024) })).toMatchObject({ status: 413, whole: true });
  for (const body of ["{", "[]", '"text"']) expect(await call({ token, body })).toMatchObject({ status: 400 });
});

test("a body that is nested too deeply is refused, and brackets in texts are no nesting", async () => {
  await open();
  const token = grant("demo");
  for (const [begin, end] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const deep = `${begin.repeat(100_000)}1${end.repeat(100_000)}`;
    const { status, text } = await call({ token, body: `{"model":"m","max_tokens":1,"messages":[],"metadata":${deep}}` });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining("nested") },
    });
  }
  const brackets = { role: "user", content: `${"[".repeat(5_000)}\\"${"{".repeat(5_000)}` };
  expect((await call({ token, body: { ...hello, messages: [brackets] } })).status).toBe(200);
});

test("without a provider a real model is refused with the remedy", async () => {
  await open();
  const { status, text } = await call({ token: grant("claude-opus-5-5") });
  expect(status).toBe(400);
  expect(JSON.parse(text).error).toMatchObject({ type: "invalid_request_error", message: expect.stringContaining("ANTHROPIC_API_KEY") });
});

test("a provider gets the key, the grant's model and few headers, never the token", async () => {
  const { baseUrl, seen } = await provide((response) => {
    const headers = { "request-id": "req_1", "anthropic-ratelimit-requests-remaining": "7", "set-cookie": "a=b", "x-leak": "1" };
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify({ type: "message", usage: { ...usage, output_tokens: 9 } }));
  });
  await open({ provider: { baseUrl: `${baseUrl}/prefix/`, apiKey: KEY } });
  const token = grant("claude-sonnet-5-5", 3);
  const headers = { authorization: `Bearer ${token}`, "anthropic-version": "2023-06-01", "anthropic-beta": "one,two", cookie: "c=d" };
  const answer = await call({ path: "/v1/messages?beta=true", headers, body: { ...hello, temperature: 0.5 } });
  expect(answer).toMatchObject({ status: 200, headers: { "request-id": "req_1", "anthropic-ratelimit-requests-remaining": "7" } });
  expect(answer.headers).not.toHaveProperty("set-cookie");
  expect(answer.headers).not.toHaveProperty("x-leak");
  expect(JSON.stringify(answer)).not.toContain(KEY);
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    url: "/prefix/v1/messages?beta=true",
    headers: { "x-api-key": KEY, "anthropic-version": "2023-06-01", "anthropic-beta": "one,two" },
    body: { ...hello, temperature: 0.5, model: "claude-sonnet-5-5" },
  });
  expect(JSON.stringify(seen)).not.toContain(token);
  expect(JSON.stringify(seen)).not.toMatch(/cookie|x-aideator/);
  expect(onUsage).toHaveBeenCalledTimes(1);
  expect(onUsage.mock.calls[0]).toEqual([
    grants[token],
    { model: "claude-sonnet-5-5", inputTokens: 1000, outputTokens: 9, cacheReadTokens: 0, cacheWriteTokens: 0, dollars: 0.00209 },
  ]);
});

test("a provider without a key gets none", async () => {
  const { baseUrl, seen } = await provide((response) => response.end("{}"));
  await open({ provider: { baseUrl } });
  await call({ token: grant("local-model") });
  expect(seen[0]?.headers).not.toHaveProperty("x-api-key");
  expect(seen[0]?.headers).not.toHaveProperty("authorization");
});

test("a provider's refusal is passed on as it is, and charged nothing", async () => {
  const body = '{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}';
  const { baseUrl } = await provide((response) => {
    response.writeHead(429, { "content-type": "application/json", "retry-after": "12" }).end(body);
  });
  await open({ provider: { baseUrl, apiKey: KEY } });
  const answer = await call({ token: grant("claude-sonnet-5-5") });
  expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "12" }, text: body });
  expect(onUsage).not.toHaveBeenCalled();
});

test("counting tokens is passed on and free", async () => {
  const { baseUrl, seen } = await provide((response) => response.end('{"input_tokens":5}'));
  await open({ provider: { baseUrl, apiKey: KEY } });
  expect(await call({ token: grant("claude-sonnet-5-5"), path: "/v1/messages/count_tokens" })).toMatchObject({
    text: '{"input_tokens":5}',
  });
  expect(seen[0]?.url).toBe("/v1/messages/count_tokens");
  const demo = await call({ token: grant("demo"), path: "/v1/messages/count_tokens" });
  expect(JSON.parse(demo.text)).toEqual({ input_tokens: expect.any(Number) });
  expect(onUsage).not.toHaveBeenCalled();
});

test("an unreachable provider is a 502 that names its host", async () => {
  await open({ provider: { baseUrl: "http://127.0.0.1:1", apiKey: KEY } });
  const { status, text } = await call({ token: grant("claude-sonnet-5-5") });
  expect(status).toBe(502);
  expect(JSON.parse(text).error).toMatchObject({ type: "api_error", message: expect.stringContaining("127.0.0.1:1 cannot be reached") });
});

test("a stream arrives as it is sent; its end waits for the charge", async () => {
  const { promise: more, resolve: sendMore } = deferred<void>();
  const { baseUrl } = await provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart);
    void more.then(() => response.end(messageDelta + messageStop));
  });
  await open({ provider: { baseUrl, apiKey: KEY } });
  const charged = deferred<void>();
  onUsage.mockReturnValue(charged.promise);
  let arrived = "";
  const answer = call({ token: grant("claude-sonnet-5-5"), onData: (text) => (arrived = text) });
  await vi.waitFor(() => expect(arrived).toBe(messageStart));
  sendMore();
  await vi.waitFor(() => expect(onUsage).toHaveBeenCalledTimes(1));
  await sleep(50);
  expect(arrived).not.toContain("message_stop");
  charged.resolve();
  expect(await answer).toMatchObject({ text: messageStart + messageDelta + messageStop, whole: true });
  expect(onUsage).toHaveBeenCalledTimes(1);
  expect(onUsage.mock.calls[0]?.[1]).toMatchObject({ inputTokens: 1000, outputTokens: 50, dollars: 0.0025 });
});

test("a stream that the provider cuts is charged with what arrived, and arrives as cut", async () => {
  const { baseUrl } = await provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart);
    setTimeout(() => response.destroy(), 30);
  });
  await open({ provider: { baseUrl, apiKey: KEY } });
  const answer = await call({ token: grant("claude-sonnet-5-5") });
  expect(answer).toMatchObject({ status: 200, whole: false });
  expect(onUsage).toHaveBeenCalledTimes(1);
  expect(onUsage.mock.calls[0]?.[1]).toMatchObject({ inputTokens: 1000, outputTokens: 1 });
});

test("when the caller leaves, the provider's call ends too and is charged", async () => {
  const left = deferred<void>();
  const { baseUrl } = await provide((response) => {
    response.on("close", () => left.resolve());
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart);
  });
  await open({ provider: { baseUrl, apiKey: KEY } });
  const request = send({ token: grant("claude-sonnet-5-5") });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  await once(response, "data");
  request.destroy();
  await left.promise;
  await vi.waitFor(() => expect(onUsage).toHaveBeenCalledTimes(1));
});

test("a slow reader slows the provider down", async () => {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, "x");
  const { baseUrl } = await provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const push = (): void => {
      while (sent < 200 * 1024 * 1024 && response.write(chunk)) sent += chunk.length;
    };
    response.on("drain", push);
    push();
  });
  await open({ provider: { baseUrl, apiKey: KEY } });
  const [response] = (await once(send({ token: grant("claude-sonnet-5-5") }), "response")) as [IncomingMessage];
  await sleep(500);
  expect(sent).toBeLessThan(50 * 1024 * 1024);
  response.destroy();
});

test("close ends a running stream, waits until it is charged, and leaves nothing behind", async () => {
  await open();
  let arrived = "";
  const answer = call({ token: grant("script:endless"), body: { ...hello, stream: true }, onData: (text) => (arrived = text) });
  await vi.waitFor(() => expect(arrived).toContain("tick 2 "));
  const charged = deferred<void>();
  onUsage.mockReturnValue(charged.promise);
  let closed = false;
  const closing = gateway?.close().then(() => (closed = true));
  expect(await answer).toMatchObject({ whole: false });
  await vi.waitFor(() => expect(onUsage).toHaveBeenCalledTimes(1));
  expect(closed).toBe(false);
  charged.resolve();
  await closing;
  gateway = undefined;
});

test("a charge that cannot be recorded cuts the answer", async () => {
  await open();
  onUsage.mockRejectedValue(new Error("disk full"));
  const answer = await call({ token: grant("script:edits"), body: { ...hello, stream: true } });
  expect(answer.whole).toBe(false);
  expect(answer.text).not.toContain("message_stop");
});

test("scripted models fail, recover, cut and differ by variation, as their file says", async () => {
  await open();
  const stream = { ...hello, stream: true };
  const flaky = grant("script:flaky", 1);
  expect(await call({ token: flaky, body: stream })).toMatchObject({ status: 529 });
  const second = await call({ token: flaky, body: stream });
  expect(JSON.parse(second.text)).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
  expect(onUsage).not.toHaveBeenCalled();
  expect(await call({ token: flaky, body: stream })).toMatchObject({ status: 200, whole: false });
  const fourth = await call({ token: flaky, body: stream });
  expect(fourth).toMatchObject({ status: 200, whole: true });
  expect(fourth.text).toContain('"stop_reason":"tool_use"');
  expect(onUsage).toHaveBeenCalledTimes(2);
  const refused = await call({ token: grant("script:mixed", 2) });
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text).error).toEqual({ type: "invalid_request_error", message: "The scripted model refuses." });
  const fine = await call({ token: grant("script:mixed", 4) });
  expect(JSON.parse(fine.text)).toMatchObject({
    type: "message",
    model: "script:mixed",
    content: [{ type: "text" }, { type: "tool_use", name: "plan" }],
  });
  expect(fine.text).toContain("variation E");
  const past = [1, 2, 3].flatMap(() => [
    { role: "assistant", content: "…" },
    { role: "user", content: "…" },
  ]);
  const done = await call({ token: grant("script:edits"), body: { ...hello, messages: [...hello.messages, ...past] } });
  expect(JSON.parse(done.text)).toMatchObject({ content: [{ type: "text", text: "Done." }], stop_reason: "end_turn" });
  expect(JSON.parse((await call({ token: grant("script:nothing") })).text).error.message).toContain("nothing.json");
});

test("malformed input, an error in mid-stream and silence reach the caller as such", async () => {
  const steps = [{ text: "So" }, { malformed: true }, { error: { status: 529 } }, { hang: true }];
  await writeFile(join(dir, "odd.json"), JSON.stringify({ default: { turns: [{ steps }] } }));
  await open({ scriptsDir: dir });
  const call_ = { token: grant("script:odd"), body: { ...hello, stream: true } };
  const first = await call(call_);
  expect(first.text).toContain('{\\"path\\": \\"broken');
  expect(first.text).toMatch(/event: error\ndata: .*overloaded_error/);
  const request = send(call_);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  response.on("data", (chunk) => (text += String(chunk)));
  response.on("error", () => undefined);
  await sleep(150);
  expect(text).toContain("So");
  expect(text).not.toMatch(/broken|message_stop/);
  request.destroy();
});

test("the real SDK streams a message with tools from the demo model", async () => {
  await open();
  const forwarder = createTcpServer((socket) => {
    const inner = connect(gateway?.socketPath ?? "");
    socket.pipe(inner).pipe(socket);
    for (const end of [socket, inner]) end.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(forwarder, "listening");
  const { port } = forwarder.address() as AddressInfo;
  const client = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: grant("demo", 2), maxRetries: 0 });
  const tools: Anthropic.Tool[] = ["list", "plan", "finish"].map((name) => ({ name, input_schema: { type: "object" } }));
  const deltas: string[] = [];
  const stream = client.messages.stream({
    model: "demo",
    max_tokens: 4000,
    messages: [{ role: "user", content: "Keep the order" }],
    tools,
    thinking: { type: "enabled", budget_tokens: 2000 },
  });
  stream.on("text", (delta) => deltas.push(delta));
  const message = await stream.finalMessage();
  expect(deltas.length).toBeGreaterThan(5);
  expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
  expect(message.content[3]).toMatchObject({ type: "tool_use", name: "list", input: {} });
  expect(message).toMatchObject({ model: "demo", stop_reason: "tool_use" });
  expect(onUsage).toHaveBeenCalledTimes(1);
  expect(onUsage.mock.calls[0]?.[1]).toMatchObject({ model: "demo", outputTokens: message.usage.output_tokens, dollars: 0 });
  const refused = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: "wrong", maxRetries: 0 });
  await expect(refused.messages.create({ model: "demo", max_tokens: 5, messages: [{ role: "user", content: "x" }] })).rejects.toThrow(
    Anthropic.AuthenticationError,
  );
  forwarder.close();
});
