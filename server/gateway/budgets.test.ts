import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { builtInPrices } from "@/lib/pricing/price-table";
import type { AttemptGrant, Spender } from "./gateway";
import { type Answer, answerJson, createGatewayHarness, type GatewayHarness, hello, refuse } from "./gateway-harness";

const SONNET = "claude-sonnet-5-5";

let gw: GatewayHarness;
beforeEach(async () => {
  gw = await createGatewayHarness();
});
afterEach(() => gw.dispose());

const error = ({ text }: Answer): { type: string; message: string } => JSON.parse(text).error;
const spent = (): number => gw.usages.reduce((sum, { usage }) => sum + (usage.dollars ?? 0), 0);

/** A provider that uses all that it is allowed: the prompt by its bytes, the answer to its last token. */
async function greedy(): Promise<{ baseUrl: string; maxTokens: number[] }> {
  const maxTokens: number[] = [];
  const { baseUrl } = await gw.provide((response, { url, body }) => {
    if (url?.endsWith("count_tokens")) return void response.end(JSON.stringify({ input_tokens: 1_000 }));
    maxTokens.push(Number(body.max_tokens));
    answerJson(response, { input_tokens: 1_000, output_tokens: body.max_tokens });
  });
  return { baseUrl, maxTokens };
}

describe("a cap", () => {
  it.each<[string, Partial<AttemptGrant>, string]>([
    ["of the variation", { caps: { variation: 0.0305 } }, "limits.dollars"],
    ["of the run", { caps: { run: 0.0305 } }, "max_dollars"],
    ["of the project", { caps: { project: 0.0305 } }, "monthly_dollars"],
  ])("%s is never exceeded; its end is a 402 that names it, what is used and the remedy", async (_, more, remedy) => {
    const { baseUrl, maxTokens } = await greedy();
    await gw.open({ provider: { baseUrl } });
    const token = gw.grant(SONNET, more);
    // 1000 tokens of prompt and 1000 of answer: 1.2 cents. The third call has 0.65 cents left: 435 tokens beside its prompt.
    const body = { ...hello, max_tokens: 1_000 };
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await gw.call({ token, body }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 402]);
    expect(maxTokens.slice(0, 2)).toEqual([1_000, 1_000]);
    expect(maxTokens[2]).toBeLessThan(450);
    expect(maxTokens[2]).toBeGreaterThan(400);
    expect(spent()).toBeLessThanOrEqual(0.0305);
    expect(error(answers[3] as Answer)).toMatchObject({ type: "budget_exceeded", message: expect.stringContaining(remedy) });
    expect(error(answers[3] as Answer).message).toContain("$0.03 of $0.03 are used");
    expect(gw.told).toEqual([expect.stringMatching(/^Answers are kept shorter than the 1,000 tokens/)]);
    await vi.waitFor(() => expect(gw.audit).toHaveLength(4));
    expect(gw.audit.at(-1)).toMatchObject({ end: { outcome: "refused", status: 402, dollars: 0 } });
  });

  it("of the run holds for its variations together, one of another run is not its business", async () => {
    const { baseUrl } = await greedy();
    await gw.open({ provider: { baseUrl } });
    const body = { ...hello, max_tokens: 1_000 };
    const caps = { run: 0.0155 };
    expect((await gw.call({ token: gw.grant(SONNET, { caps, variation: 0 }), body })).status).toBe(200);
    expect((await gw.call({ token: gw.grant(SONNET, { caps, variation: 1 }), body })).status).toBe(402);
    expect((await gw.call({ token: gw.grant(SONNET, { caps, runId: "run2" }), body })).status).toBe(200);
  });

  it("counts what was spent before this server started", async () => {
    const { baseUrl } = await greedy();
    const before = vi.fn((spender: Spender) => Promise.resolve(spender.kind === "run" ? 1.99 : 0));
    await gw.open({ provider: { baseUrl }, spent: before });
    const token = gw.grant(SONNET, { caps: { run: 2 } });
    expect((await gw.call({ token, body: { ...hello, max_tokens: 500 } })).status).toBe(200);
    expect((await gw.call({ token, body: { ...hello, max_tokens: 500 } })).status).toBe(402);
    // Once per spender: from then on it counts itself.
    expect(before).toHaveBeenCalledTimes(3);
  });

  it("of a project holds for one calendar month", async () => {
    const { baseUrl } = await greedy();
    const before = vi.fn(() => Promise.resolve(0));
    await gw.open({ provider: { baseUrl }, spent: before });
    await gw.call({ token: gw.grant(SONNET, { caps: { project: 1 } }) });
    expect(before).toHaveBeenCalledWith({ kind: "project", projectId: "project1", month: new Date().toISOString().slice(0, 7) });
  });

  it("gives back what a call did not use, and all of one that failed", async () => {
    let status = 500;
    const { baseUrl } = await gw.provide((response) => {
      if (status === 500) return refuse(response, 500, "api_error");
      answerJson(response, { input_tokens: 10, output_tokens: 10 });
    });
    await gw.open({ provider: { baseUrl } });
    const call = { token: gw.grant(SONNET, { caps: { run: 0.015 } }), body: { ...hello, max_tokens: 1_000 } };
    for (let n = 0; n < 5; n += 1) expect((await gw.call(call)).status).toBe(500);
    status = 200;
    for (let n = 0; n < 20; n += 1) expect((await gw.call(call)).status).toBe(200);
    expect(spent()).toBeCloseTo(20 * 0.00012, 9);
  });

  it("waits for the reservations of others instead of refusing", async () => {
    const releases: (() => void)[] = [];
    const { baseUrl } = await gw.provide((response, { url }) => {
      if (url?.endsWith("count_tokens")) return void response.end(JSON.stringify({ input_tokens: 100 }));
      releases.push(() => answerJson(response, { input_tokens: 100, output_tokens: 100 }));
    });
    await gw.open({ provider: { baseUrl } });
    const body = { ...hello, max_tokens: 10_000 };
    const caps = { run: 0.15 };
    // The first reserves ten cents: the second one's answer is shorter, or it waits.
    const first = gw.call({ token: gw.grant(SONNET, { caps }), body });
    await vi.waitFor(() => expect(releases).toHaveLength(1));
    const second = gw.call({ token: gw.grant(SONNET, { caps, variation: 1 }), body });
    await vi.waitFor(() => expect(releases).toHaveLength(2));
    const third = gw.call({ token: gw.grant(SONNET, { caps, variation: 2 }), body });
    releases[0]?.();
    expect((await first).status).toBe(200);
    await vi.waitFor(() => expect(releases).toHaveLength(3));
    for (const release of releases.slice(1)) release();
    expect([(await second).status, (await third).status]).toEqual([200, 200]);
  });

  it("refuses a model whose price nobody knows, until somebody sets one", async () => {
    const { baseUrl } = await greedy();
    let prices = builtInPrices;
    await gw.open({ provider: { baseUrl }, prices: () => prices });
    const token = gw.grant("local-model", { caps: { run: 1 } });
    const refused = await gw.call({ token });
    expect(refused.status).toBe(402);
    expect(error(refused)).toMatchObject({
      type: "budget_exceeded",
      message: expect.stringMatching(/^No price is known for local-model,.*\/api\/v1\/settings\/prices.*without a dollar cap/),
    });
    prices = { ...builtInPrices, models: { "local-model": { input: 1, output: 1, cache_read: 0 } } };
    expect((await gw.call({ token })).status).toBe(200);
    expect(spent()).toBeCloseTo(0.0011, 9);
  });

  it("keeps the budget for thinking below what the answer may have", async () => {
    const seen: Record<string, unknown>[] = [];
    const { baseUrl } = await gw.provide((response, { url, body }) => {
      if (url?.endsWith("count_tokens")) return void response.end(JSON.stringify({ input_tokens: 100 }));
      seen.push(body);
      answerJson(response, { input_tokens: 100, output_tokens: 10 });
    });
    await gw.open({ provider: { baseUrl } });
    const body = { ...hello, max_tokens: 20_000, thinking: { type: "enabled", budget_tokens: 16_000 } };
    expect((await gw.call({ token: gw.grant(SONNET, { caps: { run: 0.06 } }), body })).status).toBe(200);
    const { max_tokens, thinking } = seen[0] as { max_tokens: number; thinking: { budget_tokens: number } };
    expect(max_tokens).toBeLessThan(6_000);
    expect(thinking.budget_tokens).toBeLessThan(max_tokens);
    expect((await gw.call({ token: gw.grant(SONNET, { caps: { run: 0.012 }, runId: "run2" }), body })).status).toBe(402);
  });
});

describe("five variations on one cap", () => {
  /** Repeatable (mulberry32). */
  function randomFrom(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  }

  it.each([1, 2, 3, 4, 5, 6])("never spend more than it together, whatever happens (seed %i)", async (seed) => {
    const random = randomFrom(seed);
    const cap = 0.02 + random() * 0.2;
    const models = [SONNET, "claude-haiku-5-5", "claude-opus-5-5"];
    const { baseUrl } = await gw.provide((response, { url, body }) => {
      if (url?.endsWith("count_tokens")) {
        // Some providers do not count.
        if (random() < 0.5) return refuse(response, 404, "not_found_error");
        return void response.end(JSON.stringify({ input_tokens: 200 }));
      }
      const prompt = Math.floor(random() * 200);
      const written = Math.floor(random() * (200 - prompt));
      const hour = "cache_control" in (body.messages as object[])[0]! ? written : 0;
      const usage = {
        input_tokens: prompt,
        output_tokens: random() < 0.5 ? body.max_tokens : Math.floor(random() * Number(body.max_tokens)),
        cache_read_input_tokens: hour === 0 ? 0 : 200 - prompt - written,
        cache_creation_input_tokens: hour,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: hour },
      };
      setTimeout(() => (random() < 0.1 ? response.destroy() : answerJson(response, usage)), random() * 10);
    });
    await gw.open({ provider: { baseUrl }, maxCalls: 4 });
    const statuses = await Promise.all(
      [0, 1, 2, 3, 4].map(async (variation) => {
        const caps = { run: cap, variation: variation === 0 ? cap / 3 : undefined };
        const token = gw.grant(models[variation % 3] ?? SONNET, { variation, caps });
        const own: number[] = [];
        for (let n = 0; n < 25; n += 1) {
          const mark = random() < 0.5 ? { cache_control: { type: "ephemeral", ttl: "1h" } } : {};
          const messages = [{ role: "user", content: "Hello", ...mark }];
          const { status = 0 } = await gw.call({ token, body: { ...hello, messages, max_tokens: 1 + Math.floor(random() * 4_000) } });
          own.push(status);
        }
        return own;
      }),
    );
    expect(spent()).toBeLessThanOrEqual(cap);
    const first = gw.usages.filter(({ grant }) => grant.variation === 0).reduce((sum, { usage }) => sum + (usage.dollars ?? 0), 0);
    expect(first).toBeLessThanOrEqual(cap / 3);
    // The cap was really what ended them, and it was used.
    expect(statuses.flat()).toContain(402);
    expect(spent()).toBeGreaterThan(cap * 0.5);
  });
});
