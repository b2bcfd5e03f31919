import { describe, expect, it } from "vitest";
import type { AgentEvent } from "@/lib/run/events";
import { redactSecrets, type SecretRedactor } from "./redact-secrets";

const KEY = 'sk-test-4f9aQ7/+x=Zk"1€';
const secrets = [
  KEY,
  "ghp_0123456789abcdefghij",
  "pass word/ünï&x",
  "aaaaaaaa",
  "abcdefgh",
  "efghijkl",
  "xx-abcdefgh-yy-and-more",
  "short",
];
const redaction = redactSecrets(secrets);

const text = (part: string, block = "b"): AgentEvent => ({ type: "text.delta", block, text: part });
const output = (part: string, callId = "c", stream: "stdout" | "stderr" = "stdout"): AgentEvent => ({
  type: "tool.output",
  callId,
  stream,
  text: part,
});
const finished = (callId = "c"): AgentEvent => ({ type: "tool.finished", callId, ok: true, durationMs: 1 });

function pushAll(redactor: SecretRedactor, events: AgentEvent[]): AgentEvent[] {
  return [...events.flatMap((event) => redactor.push(event)), ...redactor.flush()];
}

function joined(events: AgentEvent[]): string {
  return events.map((event) => ("text" in event ? event.text : "")).join("");
}

/** mulberry32: the same numbers at each run. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

describe("redactText", () => {
  it.each([
    ["as it is", KEY],
    ["JSON in a text", JSON.stringify(KEY).slice(1, -1)],
    ["JSON in JSON", JSON.stringify(JSON.stringify({ key: KEY }))],
    ["ASCII only JSON", JSON.stringify(KEY).slice(1, -1).replace("€", "\\u20ac")],
    ["a URL's part", `https://host/?key=${encodeURIComponent(KEY)}&x`],
    [
      "a URL's part, in small letters",
      encodeURIComponent(KEY).toLowerCase().replace("sk-test-4f9aq7", "sk-test-4f9aQ7").replace("zk", "Zk"),
    ],
    ["a form's field", new URLSearchParams({ password: "pass word/ünï&x" }).toString()],
    ["a URL's password", Object.assign(new URL("https://host/x"), { password: "pass word/ünï&x" }).href],
    ["base64", Buffer.from(KEY).toString("base64")],
    ["base64url", Buffer.from(KEY).toString("base64url")],
    ...[0, 1, 2, 3, 4].map((lead) => [
      `base64 of a header, shifted by ${lead}`,
      Buffer.from(`${"u".repeat(lead)}:${KEY}\n and more`).toString("base64"),
    ]),
  ])("finds a secret: %s", (_form, found) => {
    const redacted = redaction.redactText(`before ${found} after`);
    expect(redacted).toContain("[redacted]");
    expect(redacted.startsWith("before ") && redacted.endsWith(" after")).toBe(true);
    for (const piece of ["sk-test", "4f9aQ7", "c2stdGVzd", "pass word", "pass+word", "pass%20word"]) expect(redacted).not.toContain(piece);
  });

  it("leaves no rest of secrets that overlap, and prefers the longer", () => {
    expect(redaction.redactText("1abcdefghijkl2")).toBe("1[redacted]2");
    expect(redaction.redactText(`1${"a".repeat(100)}2`)).toBe("1[redacted]2");
    expect(redaction.redactText("xx-abcdefgh-yy-and-more xx-abcdefgh-yy-and-mor")).toBe("[redacted] xx-[redacted]-yy-and-mor");
  });

  it("leaves short and absent secrets alone", () => {
    const innocent = "short ghp_ sk-test- aaaaaaa";
    expect(redaction.redactText(innocent)).toBe(innocent);
    expect(redactSecrets(["", "       x ", "short"]).redactText("short x")).toBe("short x");
  });

  it("finds the lines of a key file one by one", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEAAo\n-----END KEY-----\n";
    const { redactText, redactStrings } = redactSecrets([key]);
    expect(redactText("x BAQEFAASCBKcwggSjAgEAAo y")).toBe("x [redacted] y");
    expect(redactText(key)).toBe("[redacted]\n");
    const failure = { code: "agent_error", message: "m", remedy: "r", detail: JSON.stringify({ key }) };
    expect(redactStrings(failure)).toEqual({ ...failure, detail: '{"key":"[redacted]\\n"}' });
  });
});

describe("the redactor of an attempt", () => {
  it("looks at every string of every event, but never at what the schema fixes", () => {
    const { attempt } = redactSecrets(["ghp_0123456789abcdefghij", "completed", "tool.started"]);
    const dirty = "x ghp_0123456789abcdefghij";
    const clean = "x [redacted]";
    const events = (word: string): AgentEvent[] => [
      { type: "tool.started", callId: word, tool: word, kind: "command", title: word },
      { type: "tool.output", callId: word, stream: "stdout", text: word },
      { type: "tool.finished", callId: word, ok: true, durationMs: 1, summary: word },
      { type: "plan.updated", items: [{ text: word, status: "completed" }] },
      { type: "file.changed", path: word, oldPath: word, status: "added", added: 1, deleted: 0 },
      { type: "warning.raised", message: word },
      { type: "log.line", stream: "stderr", text: word },
      { type: "thinking.delta", block: word, text: word },
      { type: "model.retried", status: 500, message: word, delayMs: 1, retracted: [word] },
    ];
    expect(pushAll(attempt(), events(dirty))).toEqual(events(clean));
  });

  it("passes on the same reference where nothing changes, and is free without secrets", () => {
    const events = [text("hello."), output("fine.\n"), finished(), text("?", "b2")];
    expect(pushAll(redaction.attempt(), events).every((event, at) => event === events[at])).toBe(true);
    const none = redactSecrets(["short"]).attempt();
    const event = text("abcdefgh");
    expect(none.push(event)[0]).toBe(event);
  });

  it("finds a secret cut at every place, and in single characters", () => {
    const whole = `a€ ${KEY}${KEY} abcdefghijkl xx-abcdefgh-yy-and ${"a".repeat(30)} ${Buffer.from(KEY).toString("base64")} sk-tes`;
    const expected = redaction.redactText(whole);
    expect(expected).toMatch(/^a€ \[redacted\]\[redacted\] \[redacted\] xx-\[redacted\]-yy-and \[redacted\] \[redacted\] sk-tes$/);
    for (const make of [text, output]) {
      for (let cut = 0; cut <= whole.length; cut += 1) {
        expect(joined(pushAll(redaction.attempt(), [make(whole.slice(0, cut)), make(whole.slice(cut))]))).toBe(expected);
      }
      expect(
        joined(
          pushAll(
            redaction.attempt(),
            [...whole].map((character) => make(character)),
          ),
        ),
      ).toBe(expected);
    }
  });

  it("gives the whole text redacted at once, for random texts cut at random places in interleaved streams", () => {
    const random = createRandom(15);
    const parts = [...secrets, "a", "abcd", "efgh", "sk-", "xx-", " ", "\n", "é", "ghp_0123", encodeURIComponent(KEY), JSON.stringify(KEY)];
    for (let round = 0; round < 400; round += 1) {
      const open = ["c1", "c2", "c3"].flatMap((callId) =>
        (["stdout", "stderr"] as const).map((stream) => {
          const whole = Array.from({ length: random(12) }, () => parts[random(parts.length)] ?? "").join("");
          return { callId, stream, whole, at: 0 };
        }),
      );
      const events: AgentEvent[] = [];
      for (let left = open; left.length > 0; left = open.filter(({ at, whole }) => at < whole.length)) {
        const one = left[random(left.length)];
        if (one === undefined) break;
        const to = one.at + random(random(3) === 0 ? 40 : 3);
        events.push(output(one.whole.slice(one.at, to), one.callId, one.stream));
        one.at = to;
        if (random(5) === 0) events.push(text("t", "b"), finished("other"));
      }
      const out = pushAll(redaction.attempt(), events);
      for (const { callId, stream, whole } of open) {
        const own = out.filter((event) => event.type === "tool.output" && event.callId === callId && event.stream === stream);
        expect(joined(own)).toBe(redaction.redactText(whole));
      }
    }
  });

  it("holds back only what a secret may begin with, and gives it out as soon as it cannot be one", () => {
    const redactor = redaction.attempt();
    expect(redactor.push(text("one gh"))).toEqual([text("one ")]);
    expect(redactor.push(text("p_"))).toEqual([]);
    expect(redactor.push(text("!"))).toEqual([text("ghp_!")]);
    expect(redactor.push(text("x ghp_"))).toEqual([text("x ")]);
    expect(redactor.push(text("y", "b2"))).toEqual([text("ghp_"), text("y", "b2")]);
    const started: AgentEvent = { type: "tool.started", callId: "c", tool: "t", kind: "read", title: "t" };
    expect(redactor.push(text("s", "b2"))).toEqual([]);
    expect(redactor.push(started)).toEqual([text("s", "b2"), started]);
    expect(redactor.push(output("gh"))).toEqual([]);
    expect(redactor.push(output("gh", "c", "stderr"))).toEqual([]);
    expect(redactor.push(output("gh", "c2"))).toEqual([]);
    expect(redactor.push(finished())).toEqual([output("gh"), output("gh", "c", "stderr"), finished()]);
    expect(redactor.flush()).toEqual([output("gh", "c2")]);
    expect(redactor.flush()).toEqual([]);
  });

  it("finds a secret in a block also when a log line stands in between", () => {
    const log: AgentEvent = { type: "log.line", stream: "stderr", text: "noise" };
    const cut = (at: number): AgentEvent[] => [text(`x ${secrets[1]?.slice(0, at)}`), log, text(`${secrets[1]?.slice(at)} y`)];
    // Three characters may have been there by chance: they are not held back behind the line, but the rest is known.
    expect(pushAll(redaction.attempt(), cut(3))).toEqual([text("x "), text("ghp"), log, text("[redacted] y")]);
    expect(pushAll(redaction.attempt(), cut(12))).toEqual([text("x "), log, text("[redacted] y")]);
  });

  it("follows many calls at once without growing", () => {
    const redactor = redaction.attempt();
    const out = Array.from({ length: 2_000 }, (_, index) => redactor.push(output("ghp_", `c${index}`))).flat();
    expect(out).toHaveLength(2_000 - 256);
    expect([...out, ...redactor.flush()]).toHaveLength(2_000);
  });

  it("is fast enough to stand in the way of everything", () => {
    // With ten secrets of 90 characters 30 to 40 MB/s were measured on a busy two-core machine, 80 ms to make it ready. The bound is far below.
    const many = Array.from({ length: 10 }, (_, index) => `sk-${index}${"Zq7".repeat(30)}${index}`);
    const redactor = redactSecrets(many).attempt();
    const event = output("a line of output of some program, such as it is: src/index.ts(12,5)\n".repeat(500));
    const start = performance.now();
    for (let sent = 0; sent < 300; sent += 1) redactor.push(event);
    const seconds = (performance.now() - start) / 1_000;
    expect((300 * joined([event]).length) / seconds).toBeGreaterThan(2_000_000);
  });
});
