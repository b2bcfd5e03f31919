import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  answerJson,
  answerStream,
  createGatewayHarness,
  type GatewayHarness,
  hello,
  messageStart,
  PROVIDER_KEY,
  plainUsage,
  sse,
} from "./gateway-harness";

const SONNET = "claude-sonnet-5-5";
const streamed = { ...hello, stream: true };

let gw: GatewayHarness;
beforeEach(async () => {
  gw = await createGatewayHarness();
});
afterEach(() => gw.dispose());

test("bodies are kept in the audit where that was asked for", async () => {
  const { baseUrl } = await gw.provide(answerStream);
  await gw.open({ provider: { baseUrl }, keepBodies: true });
  await gw.call({ token: gw.grant(SONNET), body: streamed });
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit[0]?.end.requestBody).toContain("Hello");
  expect(gw.audit[0]?.end.responseBody).toContain("message_stop");
});

test("a provider that quotes the key in its error tells it neither to the agent nor to the audit", async () => {
  const { baseUrl } = await gw.provide((response, { headers }) => {
    response.writeHead(401, { "content-type": "application/json" });
    const message = `${"x".repeat(950)} invalid x-api-key: ${headers["x-api-key"]}`;
    response.end(JSON.stringify({ type: "error", error: { type: "authentication_error", message } }));
  });
  const redact = (text: string): string => text.replaceAll(PROVIDER_KEY, "[redacted]");
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY }, keepBodies: true, redact });
  const body = { ...hello, messages: [{ role: "user", content: `What is ${PROVIDER_KEY}?` }] };
  const answer = await gw.call({ token: gw.grant(SONNET), body });
  expect(answer).toMatchObject({ status: 401, text: expect.stringContaining("x-api-key: [redacted]") });
  const counted = await gw.call({ token: gw.grant(SONNET), path: "/v1/messages/count_tokens" });
  expect(counted).toMatchObject({ status: 401, text: expect.stringContaining("x-api-key: [redacted]") });
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  const { end } = gw.audit[0] ?? {};
  expect(end?.responseBody).toContain("x-api-key: [redacted]");
  expect(end?.requestBody).toContain("What is [redacted]?");
  expect(JSON.stringify([answer, counted, gw.audit])).not.toContain(PROVIDER_KEY.slice(0, 8));
});

test("what is kept of a whole answer holds no secret of the server either", async () => {
  const { baseUrl } = await gw.provide((response, { headers }) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ type: "message", usage: plainUsage, echo: headers["x-api-key"] }));
  });
  const redact = (text: string): string => text.replaceAll(PROVIDER_KEY, "[redacted]");
  await gw.open({ provider: { baseUrl, apiKey: PROVIDER_KEY }, keepBodies: true, redact });
  await gw.call({ token: gw.grant(SONNET) });
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit[0]?.end.responseBody).toContain("[redacted]");
  expect(JSON.stringify(gw.audit)).not.toContain(PROVIDER_KEY);
});

test("what is kept of a call holds no secret of its project", async () => {
  const { baseUrl } = await gw.provide((response) => answerJson(response));
  const redactionOf = async (projectId: string) => (text: string) => text.replaceAll(`secret of ${projectId}`, "[redacted]");
  await gw.open({ provider: { baseUrl }, keepBodies: true, redactionOf });
  const body = { ...hello, messages: [{ role: "user", content: "It is the secret of project1." }] };
  await gw.call({ token: gw.grant(SONNET), body });
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit[0]?.end.requestBody).toContain("It is the [redacted].");
});

test("a call is written down also where its project's secrets cannot be read, without texts", async () => {
  const { baseUrl } = await gw.provide((response) => answerJson(response));
  await gw.open({ provider: { baseUrl }, keepBodies: true, redactionOf: () => Promise.reject(new Error("sealed")) });
  await gw.call({ token: gw.grant(SONNET) });
  await vi.waitFor(() => expect(gw.audit).toHaveLength(1));
  expect(gw.audit[0]?.end).toMatchObject({ outcome: "answered", requestBody: "", responseBody: "" });
  expect(gw.errors).toHaveLength(1);
});

test("a silence that is the reader's, who does not take what is there, is not the provider's", async () => {
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart + "x".repeat(64 * 1024 * 1024));
  });
  await gw.open({ provider: { baseUrl }, rhythm: { firstByteMs: 5_000, idleMs: 300 } });
  const request = gw.send({ token: gw.grant(SONNET), body: streamed });
  request.on("error", () => undefined);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  await vi.waitFor(() => expect(gw.audit).toMatchObject([{ end: { outcome: "cut", providerBroke: false } }]), { timeout: 10_000 });
  request.destroy();
});

const overloaded = sse("error", { error: { type: "overloaded_error", message: "Overloaded" } });

test("a stream that its reader leaves because of an error event was broken off by the provider", async () => {
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(messageStart + overloaded);
  });
  await gw.open({ provider: { baseUrl } });
  const request = gw.send({ token: gw.grant(SONNET), body: streamed });
  request.on("error", () => undefined);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  let read = "";
  for await (const chunk of response) {
    read += String(chunk);
    if (read.includes("Overloaded")) break;
  }
  request.destroy();
  await vi.waitFor(() => expect(gw.audit).toMatchObject([{ end: { outcome: "cut", providerBroke: true } }]), { timeout: 10_000 });
});

test.each([
  ["an error event", overloaded],
  ["nothing more", ""],
])("a stream that the provider ends in good order, with %s, is broken off all the same", async (_, last) => {
  const { baseUrl } = await gw.provide((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(messageStart + last);
  });
  await gw.open({ provider: { baseUrl } });
  await gw.call({ token: gw.grant(SONNET), body: streamed });
  await vi.waitFor(() => expect(gw.audit).toMatchObject([{ end: { outcome: "cut", providerBroke: true } }]), { timeout: 10_000 });
});
