import { describe, expect, it } from "vitest";
import { emptyRun, noUsage, type RunState, type VariationState } from "@/lib/run/state";
import { commitMessage, pullRequestBody, subjectOf } from "./landing-message";

function runOf(prompt: string, change: Partial<VariationState> = {}): { run: RunState; variation: VariationState } {
  const variation: VariationState = {
    index: 1,
    spec: { agent: "builtin", model: "demo" },
    status: "completed",
    attempt: 0,
    stopRequested: false,
    items: [],
    plan: [],
    usage: noUsage,
    turns: 3,
    files: {},
    retries: 0,
    snapshots: [],
    ...change,
  };
  const run = { ...emptyRun("abcdefghijkl0123"), prompt, variations: [{ ...variation, index: 0 }, variation] };
  return { run, variation };
}

const message = (prompt: string, written?: string): string => {
  const { run, variation } = runOf(prompt);
  return commitMessage({ run, what: { winner: 1 }, name: "B", credits: [variation] }, written);
};
const TRAILERS = [
  "Aideator-Run: abcdefghijkl0123",
  "Aideator-Variation: B",
  "Aideator-Agent: builtin demo",
  "Co-authored-by: AIdeator agent (builtin demo) <agent@aideator.invalid>",
].join("\n");

describe("the commit's message", () => {
  it("is the prompt, and the trailers", () => {
    expect(message("Fix it")).toBe(`Fix it\n\n${TRAILERS}\n`);
    expect(message("Fix it\n\nwith tests")).toBe(`Fix it\n\nPrompt:\n\n    Fix it\n\n    with tests\n\n${TRAILERS}\n`);
  });

  it("has a subject of at most 72 characters, cut between words", () => {
    const subject = subjectOf("Make the retry policy exponential with jitter and a cap so that nobody waits for more than a minute");
    expect(subject).toBe("Make the retry policy exponential with jitter and a cap so that nobody…");
    expect(subjectOf("x".repeat(500))).toHaveLength(72);
    expect(subjectOf("\u0000 \u001b[31m\n")).not.toMatch(/[\u0000-\u001f]/);
    expect(subjectOf(" \n ")).toBe("Land a variation");
  });

  it("lets nothing that was written end it early or pass for a header of a mail", () => {
    const text = message("p", "Subject\n---\ndiff --git a b\nFrom: Eve <e@example.com>\nFrom 1234\nfine\u001b[2J");
    expect(text).toBe(`Subject\n\n ---\n diff --git a b\n From: Eve <e@example.com>\n From 1234\nfine[2J\n\n${TRAILERS}\n`);
  });
});

describe("the text of a pull request", () => {
  it("quotes prompt and summary so that no fence, mention, link or cell gets out", () => {
    const {
      run,
      variation: { summary },
    } = runOf("Do it\n````\n@everyone Fixes #1", {
      summary: "```\n<img src=x>\n```",
      spec: { agent: "a|b`c", model: "@m" },
    });
    const body = pullRequestBody({ run, what: { winner: 1 }, name: "B", summary });
    expect(body).toContain("`````text\nDo it\n````\n@everyone Fixes #1\n`````");
    expect(body).toContain("````text\n```\n<img src=x>\n```\n````");
    expect(body).toContain("| B (this one) | `a b c @m` | completed | 3 | $0.0000 | +0 −0 | 0 |");
  });
});
