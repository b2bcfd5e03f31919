import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerJson, answerStream, createGatewayHarness, type GatewayHarness, hello, messageStart, refuse, sse } from "./gateway-harness";

const SONNET = "claude-sonnet-5-5";
const HAIKU = "claude-haiku-5-5";

let gw: GatewayHarness;
beforeEach(async () => {
  gw = await createGatewayHarness();
});
afterEach(() => gw.dispose());

describe("a provider that has had enough", () => {
  it("pauses all variations of the run, is asked once, and everybody gets an answer", async () => {
    let refusing = true;
    const { baseUrl, seen } = await gw.provide((response, { body }) => {
      if (!refusing || body.max_tokens === 7) return answerJson(response);
      refuse(response, 529, "overloaded_error");
    });
    await gw.open({ provider: { baseUrl }, rhythm: { firstPauseMs: 150 } });
    const first = gw.call({ token: gw.grant(SONNET) });
    await vi.waitFor(() => expect(gw.told).toEqual([expect.stringMatching(/^run1 paused: The provider is overloaded \(529\)/)]));
    const others = [1, 2, 3, 4].map((variation) => gw.call({ token: gw.grant(SONNET, { variation }) }));
    // Another run goes on.
    const stranger = await gw.call({ token: gw.grant(SONNET, { runId: "run2" }), body: { ...hello, max_tokens: 7 } });
    expect(stranger.status).toBe(200);
    refusing = false;
    for (const answer of [await first, ...(await Promise.all(others))]) expect(answer.status).toBe(200);
    expect(gw.told.filter((text) => text === "run1 resumed")).toHaveLength(1);
    // Only probes were refused, never all that wait.
    const refused = gw.audit.filter(({ end }) => end.status === 529 && end.outcome === "failed").length;
    expect(refused).toBe(gw.told.filter((text) => text.includes("paused")).length);
    expect(seen.filter(({ body }) => body.max_tokens === 100)).toHaveLength(5 + refused);
  });

  it("is given the time it asks for; who would have to wait too long is told so", async () => {
    const { baseUrl } = await gw.provide((response) => refuse(response, 429, "rate_limit_error", { "retry-after": "30" }));
    await gw.open({ provider: { baseUrl }, rhythm: { holdMs: 1_000 } });
    const answer = await gw.call({ token: gw.grant(SONNET) });
    expect(answer).toMatchObject({ status: 429, headers: { "retry-after": "30", "x-aideator-paused": expect.any(String) } });
    expect(JSON.parse(answer.text).error).toMatchObject({
      type: "rate_limit_error",
      message: expect.stringContaining("the provider's words"),
    });
    expect(gw.usages).toEqual([]);
    expect(gw.told).toHaveLength(1);
  });

  it.each([
    [402, "billing_error"],
    [403, "billing_error"],
    [429, "rate_limit_error"],
    [529, "overloaded_error"],
  ])("pauses the run on %i %s", async (status, type) => {
    const { baseUrl } = await gw.provide((response) => refuse(response, status, type));
    await gw.open({ provider: { baseUrl }, rhythm: { holdMs: 0 } });
    expect((await gw.call({ token: gw.grant(SONNET) })).status).toBe(status === 529 ? 529 : 429);
    expect(gw.told).toEqual([expect.stringContaining("run1 paused")]);
  });

  it.each([
    [402, "budget_exceeded"],
    [400, "invalid_request_error"],
    [401, "authentication_error"],
    [500, "api_error"],
    [503, "api_error"],
  ])("does not pause it on %i %s, which is passed on", async (status, type) => {
    const { baseUrl } = await gw.provide((response) => refuse(response, status, type));
    await gw.open({ provider: { baseUrl } });
    expect((await gw.call({ token: gw.grant(SONNET) })).status).toBe(status);
    expect(gw.told).toEqual([]);
  });

  it("may say so in mid-stream: that answer is lost, the next one waits", async () => {
    let calls = 0;
    const { baseUrl } = await gw.provide((response) => {
      calls += 1;
      if (calls > 1) return answerStream(response);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(messageStart + sse("error", { error: { type: "overloaded_error", message: "m" } }));
    });
    await gw.open({ provider: { baseUrl }, rhythm: { firstPauseMs: 50 } });
    const call = { token: gw.grant(SONNET), body: { ...hello, stream: true } };
    expect((await gw.call(call)).text).toContain("overloaded_error");
    await vi.waitFor(() => expect(gw.told).toHaveLength(1));
    expect((await gw.call(call)).text).toContain("message_stop");
    expect(gw.told).toEqual([expect.stringContaining("paused"), "run1 resumed"]);
  });

  it("forgets a caller that leaves while it waits", async () => {
    const { baseUrl, seen } = await gw.provide((response) => refuse(response, 429, "rate_limit_error"));
    await gw.open({ provider: { baseUrl }, rhythm: { firstPauseMs: 10_000 } });
    const request = gw.send({ token: gw.grant(SONNET) });
    await vi.waitFor(() => expect(gw.told).toHaveLength(1));
    request.destroy();
    await gw.gateway.close();
    expect(seen).toHaveLength(1);
    await gw.open();
  });

  it("stays paused over a restart of the server", async () => {
    const { baseUrl } = await gw.provide((response) => answerJson(response));
    await gw.open({ provider: { baseUrl } });
    const began = performance.now();
    gw.gateway.restorePause("run1", { until: Date.now() + 200, reason: "429" });
    expect((await gw.call({ token: gw.grant(SONNET) })).status).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(190);
    expect(gw.told).toEqual(["run1 resumed"]);
  });
});

describe("a fallback", () => {
  /** A provider of which only some models answer. */
  async function only(...answering: string[]) {
    return gw.provide((response, { body }) => {
      if (answering.includes(String(body.model))) return answerJson(response);
      refuse(response, body.model === "claude-gone-1" ? 404 : 529, "overloaded_error");
    });
  }

  it("answers in order when the model cannot, is charged at its own price, and is said once", async () => {
    const { baseUrl, seen } = await only(HAIKU);
    await gw.open({ provider: { baseUrl } });
    const token = gw.grant(SONNET, { fallbacks: ["claude-gone-1", "demo", HAIKU, "claude-opus-5-5"] });
    expect((await gw.call({ token })).status).toBe(200);
    expect((await gw.call({ token })).status).toBe(200);
    expect(seen.map(({ body }) => body.model)).toEqual([SONNET, "claude-gone-1", HAIKU, SONNET, "claude-gone-1", HAIKU]);
    expect(gw.usages[0]?.usage).toMatchObject({ model: HAIKU, requested: SONNET, dollars: 0.0001045 });
    expect(gw.told).toEqual([`${SONNET} answered 404: ${HAIKU} answers instead.`]);
    await vi.waitFor(() => expect(gw.audit).toHaveLength(6));
    expect(gw.audit.map(({ call, end }) => [call.requestedModel, call.model, end.status])).toEqual(
      [
        [SONNET, SONNET, 529],
        [SONNET, "claude-gone-1", 404],
        [SONNET, HAIKU, 200],
      ].flatMap((row, _, all) => (row === all[0] ? [...all, ...all] : [])),
    );
  });

  it("stands in for a provider that breaks down, and none of them pauses the run", async () => {
    const { baseUrl } = await gw.provide((response, { body }) => (body.model === HAIKU ? answerJson(response) : void response.destroy()));
    await gw.open({ provider: { baseUrl } });
    expect((await gw.call({ token: gw.grant(SONNET, { fallbacks: [HAIKU] }) })).status).toBe(200);
    expect(gw.told).toEqual([`${SONNET} cannot be reached: ${HAIKU} answers instead.`]);
  });

  it("does not keep the run from pausing when it refuses as well", async () => {
    const { baseUrl, seen } = await only();
    await gw.open({ provider: { baseUrl }, rhythm: { holdMs: 0 } });
    expect((await gw.call({ token: gw.grant(SONNET, { fallbacks: [HAIKU] }) })).status).toBe(529);
    expect(seen.map(({ body }) => body.model)).toEqual([SONNET, HAIKU]);
    expect(gw.told).toEqual([expect.stringContaining("run1 paused")]);
  });

  it("that does not fit the budget is none", async () => {
    const { baseUrl, seen } = await gw.provide((response, { url, body }) => {
      if (url?.endsWith("count_tokens")) return void response.end('{"input_tokens":500}');
      if (body.model === HAIKU) return refuse(response, 500, "api_error");
      answerJson(response);
    });
    await gw.open({ provider: { baseUrl } });
    const token = gw.grant(HAIKU, { fallbacks: ["claude-fable-5-1", "unheard-of"], caps: { run: 0.005 } });
    expect((await gw.call({ token })).status).toBe(500);
    expect(seen.filter(({ url }) => !url?.endsWith("count_tokens")).map(({ body }) => body.model)).toEqual([HAIKU]);
  });
});

describe("the limit on calls at once", () => {
  it("holds over all runs, and takes variations in turns", async () => {
    const open: { model: unknown; answer: () => void }[] = [];
    const { baseUrl } = await gw.provide((response, { body }) => {
      open.push({ model: body.temperature, answer: () => answerJson(response) });
    });
    await gw.open({ provider: { baseUrl }, maxCalls: 2 });
    const call = (variation: number, temperature: number) =>
      gw.call({ token: gw.grant(SONNET, { variation }), body: { ...hello, temperature } });
    const busy = [call(0, 1), call(0, 2)];
    await vi.waitFor(() => expect(open).toHaveLength(2));
    busy.push(call(0, 3), call(0, 4));
    // Queued behind two of the busy one, but served between them.
    await new Promise((resolve) => setTimeout(resolve, 50));
    busy.push(call(1, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(open).toHaveLength(2);
    for (let served = 0; served < 5; served += 1) {
      await vi.waitFor(() => expect(open.length).toBeGreaterThan(served));
      open[served]?.answer();
    }
    for (const answer of busy) expect((await answer).status).toBe(200);
    expect(open.map(({ model }) => model)).toEqual([1, 2, 3, 5, 4]);
  });
});
