import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGatewayHarness, type GatewayHarness, hello } from "./gateway-harness";

let gw: GatewayHarness;
beforeEach(async () => {
  gw = await createGatewayHarness();
});
afterEach(() => gw.dispose());

test("the socket is open to all users, replaces a stale one, and is gone after close", async () => {
  await gw.open();
  const path = gw.gateway.socketPath;
  expect((await stat(path)).mode & 0o777).toBe(0o666);
  expect((await stat(join(gw.dir, "gateway"))).mode & 0o777).toBe(0o755);
  await gw.gateway.close();
  await writeFile(path, "stale");
  await chmod(path, 0o600);
  await gw.open();
  expect((await gw.call({ token: gw.grant("script:edits"), body: hello })).status).toBe(200);
});

test("who brings no token, or a wrong one, gets a 401 in the API's shape", async () => {
  await gw.open();
  for (const headers of [{}, { "x-api-key": "wrong" }, { authorization: "Bearer wrong" }, { authorization: "Basic x" }]) {
    const { status, text } = await gw.call({ headers: headers as Record<string, string> });
    expect(status).toBe(401);
    expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "authentication_error" } });
  }
});

test("everything but its three routes is a 404", async () => {
  await gw.open();
  const token = gw.grant("script:edits");
  for (const [method, path] of [
    ["GET", "/v1/messages"],
    ["POST", "/v1/complete"],
    ["GET", "/"],
    ["POST", "/v1/messages/batches"],
    ["GET", "/v1/files"],
  ]) {
    const { status, text } = await gw.call({ token, method, path });
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ type: "error", error: { type: "not_found_error" } });
  }
});

test("an attempt sees the one model that it may use", async () => {
  await gw.open();
  const { status, text } = await gw.call({ token: gw.grant("claude-opus-5-5"), method: "GET", path: "/v1/models" });
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ data: [{ type: "model", id: "claude-opus-5-5" }], has_more: false });
  expect((await gw.call({ method: "GET", path: "/v1/models" })).status).toBe(401);
});

test("a body that is too large or no object is refused, and the connection lives", async () => {
  await gw.open();
  const token = gw.grant("script:edits");
  expect(await gw.call({ token, body: "x".repeat(33 * 1024 * 1024) })).toMatchObject({ status: 413, whole: true });
  for (const body of ["{", "[]", '"text"']) expect(await gw.call({ token, body })).toMatchObject({ status: 400 });
});

test("a body that is nested too deeply is refused, and brackets in texts are no nesting", async () => {
  await gw.open();
  const token = gw.grant("demo");
  for (const [begin, end] of [
    ["[", "]"],
    ['{"a":', "}"],
  ] as const) {
    const deep = `${begin.repeat(100_000)}1${end.repeat(100_000)}`;
    const { status, text } = await gw.call({ token, body: `{"model":"m","max_tokens":1,"messages":[],"metadata":${deep}}` });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: expect.stringContaining("nested") },
    });
  }
  const brackets = { role: "user", content: `${"[".repeat(5_000)}\\"${"{".repeat(5_000)}` };
  expect((await gw.call({ token, body: { ...hello, messages: [brackets] } })).status).toBe(200);
});

test("without a provider a real model is refused with the remedy", async () => {
  await gw.open();
  const { status, text } = await gw.call({ token: gw.grant("claude-opus-5-5") });
  expect(status).toBe(400);
  expect(JSON.parse(text).error).toMatchObject({ type: "invalid_request_error", message: expect.stringContaining("ANTHROPIC_API_KEY") });
});

test("close ends a running stream, waits until it is charged, and leaves nothing behind", async () => {
  let charged = (): void => undefined;
  const charge = new Promise<void>((resolve) => (charged = resolve));
  const onUsage = vi.fn(() => charge);
  await gw.open({ onUsage });
  let arrived = "";
  const stream = { ...hello, stream: true };
  const answer = gw.call({ token: gw.grant("script:endless"), body: stream, onData: (text) => (arrived = text) });
  await vi.waitFor(() => expect(arrived).toContain("tick 2 "));
  let closed = false;
  const closing = gw.gateway.close().then(() => (closed = true));
  expect(await answer).toMatchObject({ whole: false });
  await vi.waitFor(() => expect(onUsage).toHaveBeenCalledTimes(1));
  expect(closed).toBe(false);
  charged();
  await closing;
  await gw.open();
});

test("a charge that cannot be recorded cuts the answer", async () => {
  await gw.open({ onUsage: () => Promise.reject(new Error("disk full")) });
  const answer = await gw.call({ token: gw.grant("script:edits"), body: { ...hello, stream: true } });
  expect(answer.whole).toBe(false);
  expect(answer.text).not.toContain("message_stop");
  expect(gw.errors).toEqual([expect.objectContaining({ message: "disk full" })]);
});
