import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGatewayHarness, type GatewayHarness, hello } from "./gateway-harness";

let gw: GatewayHarness;
beforeEach(async () => {
  gw = await createGatewayHarness();
});
afterEach(() => gw.dispose());

const stream = { ...hello, stream: true };

test("scripted models fail, recover, cut and differ by variation, as their file says", async () => {
  await gw.open();
  const flaky = gw.grant("script:flaky", { variation: 1 });
  expect(await gw.call({ token: flaky, body: stream })).toMatchObject({ status: 529 });
  const second = await gw.call({ token: flaky, body: stream });
  expect(JSON.parse(second.text)).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
  expect(gw.usages).toEqual([]);
  // A script's refusals are for the agent to deal with: they pause nothing.
  expect(gw.told).toEqual([]);
  expect(await gw.call({ token: flaky, body: stream })).toMatchObject({ status: 200, whole: false });
  const fourth = await gw.call({ token: flaky, body: stream });
  expect(fourth).toMatchObject({ status: 200, whole: true });
  expect(fourth.text).toContain('"stop_reason":"tool_use"');
  expect(gw.usages).toHaveLength(2);
  const refused = await gw.call({ token: gw.grant("script:mixed", { variation: 2 }) });
  expect(refused.status).toBe(400);
  expect(JSON.parse(refused.text).error).toEqual({ type: "invalid_request_error", message: "The scripted model refuses." });
  const fine = await gw.call({ token: gw.grant("script:mixed", { variation: 4 }) });
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
  const done = await gw.call({ token: gw.grant("script:edits"), body: { ...hello, messages: [...hello.messages, ...past] } });
  expect(JSON.parse(done.text)).toMatchObject({ content: [{ type: "text", text: "Done." }], stop_reason: "end_turn" });
  expect(JSON.parse((await gw.call({ token: gw.grant("script:nothing") })).text).error.message).toContain("nothing.json");
  await vi.waitFor(() => expect(gw.audit).toHaveLength(8));
  expect(gw.audit.map(({ end }) => [end.status, end.outcome])).toEqual([
    [529, "failed"],
    [529, "failed"],
    [200, "cut"],
    [200, "answered"],
    [400, "failed"],
    [200, "answered"],
    [200, "answered"],
    [400, "failed"],
  ]);
});

test("malformed input, an error in mid-stream and silence reach the caller as such", async () => {
  const steps = [{ text: "So" }, { malformed: true }, { error: { status: 529 } }, { hang: true }];
  await writeFile(join(gw.dir, "odd.json"), JSON.stringify({ default: { turns: [{ steps }] } }));
  await gw.open({ scriptsDir: gw.dir });
  const odd = { token: gw.grant("script:odd"), body: stream };
  const first = await gw.call(odd);
  expect(first.text).toContain('{\\"path\\": \\"broken');
  expect(first.text).toMatch(/event: error\ndata: .*overloaded_error/);
  const request = gw.send(odd);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  response.on("data", (chunk) => (text += String(chunk)));
  response.on("error", () => undefined);
  await vi.waitFor(() => expect(text).toContain("So"));
  expect(text).not.toMatch(/broken|message_stop/);
  request.destroy();
});

test("counting tokens is free", async () => {
  await gw.open();
  const counted = await gw.call({ token: gw.grant("demo"), path: "/v1/messages/count_tokens" });
  expect(JSON.parse(counted.text)).toEqual({ input_tokens: expect.any(Number) });
  expect(gw.usages).toEqual([]);
});

test("the real SDK streams a message with tools from the demo model", async () => {
  await gw.open();
  const forwarder = createTcpServer((socket) => {
    const inner = connect(gw.gateway.socketPath);
    socket.pipe(inner).pipe(socket);
    for (const end of [socket, inner]) end.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await once(forwarder, "listening");
  const { port } = forwarder.address() as AddressInfo;
  const client = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: gw.grant("demo", { variation: 2 }), maxRetries: 0 });
  const tools: Anthropic.Tool[] = ["list", "plan", "finish"].map((name) => ({ name, input_schema: { type: "object" } }));
  const deltas: string[] = [];
  const answer = client.messages.stream({
    model: "demo",
    max_tokens: 4000,
    messages: [{ role: "user", content: "Keep the order" }],
    tools,
    thinking: { type: "enabled", budget_tokens: 2000 },
  });
  answer.on("text", (delta) => deltas.push(delta));
  const message = await answer.finalMessage();
  expect(deltas.length).toBeGreaterThan(5);
  expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
  expect(message.content[3]).toMatchObject({ type: "tool_use", name: "list", input: {} });
  expect(message).toMatchObject({ model: "demo", stop_reason: "tool_use" });
  expect(gw.usages).toHaveLength(1);
  expect(gw.usages[0]?.usage).toMatchObject({ model: "demo", outputTokens: message.usage.output_tokens, dollars: 0 });
  const refused = new Anthropic({ baseURL: `http://127.0.0.1:${port}`, apiKey: "wrong", maxRetries: 0 });
  await expect(refused.messages.create({ model: "demo", max_tokens: 5, messages: [{ role: "user", content: "x" }] })).rejects.toThrow(
    Anthropic.AuthenticationError,
  );
  forwarder.close();
});
