import { APIError } from "@anthropic-ai/sdk";
import { describe, expect, it } from "vitest";
import { AnswerCut } from "./collect-answer";
import { diagnose, type ModelTrouble, retryDelay, startPatience } from "./retry-policy";

const answer = (status: number | undefined, type: string, message = "words", headers: Record<string, string> = {}): ModelTrouble =>
  diagnose(APIError.generate(status, { type: "error", error: { type, message } }, undefined, new Headers(headers)));

describe("diagnose", () => {
  it.each([
    [408, "api_error", true],
    [409, "api_error", true],
    [429, "rate_limit_error", true],
    [500, "api_error", true],
    [529, "overloaded_error", true],
    [400, "invalid_request_error", false],
    [401, "authentication_error", false],
    [403, "permission_error", false],
    [404, "not_found_error", false],
  ])("%i %s: worth another try: %s", (status, type, retryable) => {
    expect(answer(status, type)).toMatchObject({ kind: "answer", status, retryable, tooLong: false });
  });

  it("knows the gateway's budget by type or status, and never tries again", () => {
    expect(answer(402, "budget_exceeded")).toMatchObject({ kind: "budget", retryable: false, message: "words" });
    expect(answer(403, "budget_exceeded")).toMatchObject({ kind: "budget", retryable: false });
  });

  it("knows a prompt that is too long", () => {
    expect(answer(400, "invalid_request_error", "prompt is too long: 208310 tokens > 200000 maximum").tooLong).toBe(true);
    expect(answer(413, "request_too_large").tooLong).toBe(true);
  });

  it("takes broken streams and broken JSON for cuts", () => {
    expect(diagnose(new AnswerCut("x"))).toMatchObject({ kind: "cut", status: 0, retryable: true });
    expect(diagnose(new TypeError("terminated"))).toMatchObject({ kind: "cut", retryable: true });
    expect(diagnose(new SyntaxError("Unexpected token"))).toMatchObject({ kind: "cut", retryable: true });
    expect(diagnose(new Error("a mistake in this program"))).toMatchObject({ retryable: false });
  });

  it("reads retry-after in seconds, milliseconds and as a date, within ten minutes", () => {
    expect(answer(429, "x", "", { "retry-after": "7" }).retryAfterMs).toBe(7_000);
    expect(answer(429, "x", "", { "retry-after-ms": "250", "retry-after": "7" }).retryAfterMs).toBe(250);
    expect(answer(429, "x", "", { "retry-after": "99999" }).retryAfterMs).toBe(600_000);
    const date = new Date(Date.now() + 60_000).toUTCString();
    expect(answer(429, "x", "", { "retry-after": date }).retryAfterMs).toBeGreaterThan(50_000);
    expect(answer(429, "x", "", { "retry-after": "soon" }).retryAfterMs).toBeUndefined();
  });
});

describe("retryDelay", () => {
  const overloaded = answer(529, "overloaded_error");

  it("grows, jitters, and has an end", () => {
    expect([1, 2, 3].map((failures) => retryDelay(overloaded, failures, 0.5))).toEqual([1_000, 2_000, 4_000]);
    expect(retryDelay(overloaded, 1, 0)).toBeLessThan(retryDelay(overloaded, 1, 1));
    expect(retryDelay(overloaded, 40, 1)).toBeLessThanOrEqual(37_500);
  });

  it("never comes back before it was told to, nor in the same moment as others", () => {
    const told = answer(429, "rate_limit_error", "", { "retry-after": "20" });
    expect(retryDelay(told, 1, 0)).toBe(20_000);
    expect(retryDelay(told, 1, 1)).toBe(21_000);
    const atOnce = answer(429, "rate_limit_error", "", { "retry-after": "0" });
    expect(retryDelay(atOnce, 9, 0.5)).toBe(2_000);
  });
});

describe("patience", () => {
  const connection = diagnose(APIError.generate(undefined, undefined, "refused", undefined));
  const overloaded = answer(529, "overloaded_error");
  const told = answer(429, "rate_limit_error", "", { "retry-after": "20" });

  it("ends after eight error answers or cuts", () => {
    const patience = startPatience(() => 0);
    for (let n = 1; n <= 7; n += 1) {
      patience.note(n % 2 === 0 ? overloaded : diagnose(new AnswerCut("x")));
      expect(patience.over()).toBe(false);
    }
    expect(patience.note(overloaded)).toBe(8);
    expect(patience.over()).toBe(true);
  });

  it("believes who says when to come back, for half an hour", () => {
    let now = 0;
    const patience = startPatience(() => now);
    for (let n = 0; n < 50; n += 1) patience.note(told);
    expect(patience.over()).toBe(false);
    now = 30 * 60_000;
    expect(patience.over()).toBe(true);
  });

  it("waits ten minutes for a server that is away, from when it was last heard", () => {
    let now = 0;
    const patience = startPatience(() => now);
    for (let n = 0; n < 100; n += 1) patience.note(connection);
    now = 9 * 60_000;
    expect(patience.over()).toBe(false);
    patience.reached();
    now = 18 * 60_000;
    expect(patience.over()).toBe(false);
    now = 20 * 60_000;
    expect(patience.over()).toBe(true);
  });
});
