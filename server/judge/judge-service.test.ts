import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readEnv } from "../env";
import { PROVIDER_KEY, refuse, sse } from "../gateway/gateway-harness";
import { createGit } from "../git/git-command";
import { diffTrees, patchBetween } from "../git/tree-diff";
import { openGateway } from "../open-gateway";
import { createProjectService } from "../projects/project-service";
import { redactSecrets } from "../runs/redact-secrets";
import { createRunWriter } from "../runs/run-writer";
import { openPriceSettings } from "../settings/price-settings";
import { createPrismaCallStore } from "../storage/prisma/call-store";
import { type Database, openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaProjectStore } from "../storage/prisma/project-store";
import { createPrismaRunIndex } from "../storage/prisma/run-index";
import { createPrismaSettingsStore } from "../storage/prisma/settings-store";
import { createJudgeService, INTERRUPTED } from "./judge-service";
import { createJudgeTokens } from "./judge-tokens";
import { createProjectRubrics } from "./project-rubrics";

// Real git, database, gateway and sockets; only the provider is played.
const [CONTESTANT, JUDGE] = ["claude-sonnet-5-5", "claude-opus-5-5"];
const dir = mkdtempSync(join(tmpdir(), "aid-jd-"));
const repository = join(dir, "shop");
const usage = { input_tokens: 1_000, output_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
let database: Database;
let providerUrl: string;
let answer: (response: ServerResponse, prompt: string) => void;
let prompts: string[] = [];
let runs = 0;

const git = (...args: string[]): string =>
  execFileSync("git", ["-C", repository, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], { encoding: "utf8" }).trim();

function commit(files: Record<string, string>): { commit: string; tree: string } {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text);
  git("add", "-A");
  git("commit", "-qm", "work");
  return { commit: git("rev-parse", "HEAD"), tree: git("rev-parse", "HEAD^{tree}") };
}

let base: { commit: string; tree: string };
let made: { commit: string; tree: string }[];

beforeAll(async () => {
  execFileSync("git", ["init", "-q", "-b", "main", repository]);
  base = commit({ "a.js": "one\ntwo\nthree\n" });
  made = ["alpha", `beta by ${CONTESTANT}`, "gamma"].map((word) => {
    git("checkout", "-q", base.commit);
    return commit({ "a.js": `one\n${word}\nthree\n` });
  });
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    response.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      if (request.url?.includes("count_tokens"))
        return void response.writeHead(200, { "content-type": "application/json" }).end('{"input_tokens":2000}');
      const prompt = String((JSON.parse(text) as { messages: { content: string }[] }).messages[0]?.content);
      prompts.push(prompt);
      answer(response, prompt);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  providerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.unref();
});

beforeEach(() => {
  prompts = [];
});

afterAll(async () => {
  await database.$disconnect();
  rmSync(dir, { recursive: true, force: true });
});

/** Prefers the candidate whose diff has this word, by line 2 of its file. */
function prefer(word: string): (response: ServerResponse, prompt: string) => void {
  return (response, prompt) => {
    const place = prompt.split(/^BEGIN \w+ candidate-/m).findIndex((part) => part.includes(`+ | ${word}`));
    const candidate = `candidate-${place}`;
    const claim = { candidate, criterion: "task", stance: "for", text: "It does it.", file: "a.js", line: 2 };
    const input = {
      verdict: "winner",
      preferred: [candidate],
      reason: "r",
      scores: [{ candidate, criterion: "task", score: 9 }],
      claims: [claim],
    };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(
      sse("message_start", {
        message: { id: "m", type: "message", role: "assistant", content: [], model: JUDGE, stop_reason: null, usage },
      }) +
        sse("content_block_start", { index: 0, content_block: { type: "tool_use", id: "t", name: "give_verdict", input: {} } }) +
        sse("content_block_delta", { index: 0, delta: { type: "input_json_delta", partial_json: JSON.stringify(input) } }) +
        sse("content_block_stop", { index: 0 }) +
        sse("message_delta", { delta: { stop_reason: "tool_use" }, usage: { output_tokens: 500 } }) +
        sse("message_stop"),
    );
  };
}

/** One server's life on the shared database. */
async function serve() {
  const draining = new AbortController();
  const eventLog = createPrismaEventLog(database);
  const writer = createRunWriter(eventLog, Date.now);
  const calls = createPrismaCallStore(database);
  const settings = createPrismaSettingsStore(database);
  const index = createPrismaRunIndex(database);
  const prices = await openPriceSettings(settings);
  const tokens = createJudgeTokens();
  const socketPath = join(dir, "gateway", `${(runs += 1)}.sock`);
  const gateway = await openGateway({
    ...{ socketPath, index, eventLog, writer, calls, prices, judges: tokens },
    env: readEnv({ NODE_ENV: "test", AIDEATOR_DATA_DIR: dir }),
    projects: createProjectService({ projects: createPrismaProjectStore(database), calls, now: Date.now }),
    provider: () => ({ baseUrl: providerUrl, apiKey: PROVIDER_KEY }),
    redact: (text) => text,
    onError: () => undefined,
  });
  const real = createGit(join(dir, "home"));
  const rubrics = createProjectRubrics(settings, index);
  const judge = createJudgeService({
    ...{ writer, rubrics, tokens, socketPath, prices: prices.current, dataDir: dir, now: Date.now, draining: draining.signal },
    git: {
      diff: (_, from, to) => diffTrees(real, join(repository, ".git"), from, to),
      patch: (_, from, to) => patchBetween(real, join(repository, ".git"), from, to),
    },
    environments: { redactionFor: () => Promise.resolve(redactSecrets([])) },
    models: () =>
      Promise.resolve(
        [CONTESTANT, JUDGE, "demo"].map((id) => ({ id, label: id, kind: id === "demo" ? ("demo" as const) : ("provider" as const) })),
      ),
    refuseModel: () => undefined,
    log: pino({ level: "silent" }),
  });
  return { writer, index, judge, gateway, rubrics, calls, draining };
}
type Life = Awaited<ReturnType<typeof serve>>;

/** A run whose three variations have ended; B breaks a test of the base's. */
async function finishedRun({ writer, index }: Life, maxDollars?: number): Promise<string> {
  const runId = `judgedrun${String((runs += 1)).padStart(4, "0")}`;
  const { id: projectId } = await index.projectFor("https://example.com/a", "a");
  const variations = made.map(() => ({ agent: "builtin", model: CONTESTANT }));
  const created = {
    type: "run.created" as const,
    prompt: "Say alpha",
    projectId,
    repositoryUrl: "u",
    repositoryName: "n",
    variations,
    maxDollars,
  };
  await writer.create({ runId, projectId, createdAt: 1, events: [{ at: 1, event: created }] });
  const check = {
    id: "b",
    target: "b",
    ...(made[1] ?? base),
    check: "npm:test",
    name: "Tests",
    kind: "test" as const,
    command: "npm test",
  };
  const none = { cached: false, durationMs: 1, exitCode: 1, tail: "", outputLength: 0 };
  await writer.record(runId, [
    { at: 1, event: { type: "run.base_pinned", commit: base.commit, submodules: 0, lfsPointers: 0 } },
    ...made.flatMap((snapshot, variation) => [
      {
        at: 1,
        variation,
        attempt: 0,
        event: { type: "snapshot.taken" as const, ...snapshot, reason: "final" as const, files: 1, added: 1, deleted: 1 },
      },
      { at: 1, variation, attempt: 0, event: { type: "variation.completed" as const } },
    ]),
    { at: 1, event: { type: "check.queued", ...check } },
    { at: 1, event: { type: "check.finished", id: "b", verdict: "failed", ...none } },
    { at: 1, event: { type: "check.compared", id: "b", baseId: "x", broke: true } },
  ]);
  return runId;
}

const order = { model: JUDGE ?? "", samples: 3, force: false };
const closed = async ({ writer }: Life, runId: string) =>
  vi.waitFor(async () => {
    const review = (await writer.state(runId))?.reviews.at(-1);
    if (review === undefined || review.status === "running") throw new Error("still at work");
    return review;
  }, 20_000);

describe("a review", () => {
  it("is blinded, shuffled, left without what breaks the base, charged to the run, and advice only", async () => {
    const life = await serve();
    const runId = await finishedRun(life);
    answer = prefer("alpha");
    const estimate = await life.judge.estimate(runId, order);
    // 2,000 tokens in and 2,500 out at $4 and $20 per million, three times.
    expect(estimate).toMatchObject({ prompt_tokens: 2_000, samples: 3, left_dollars: null });
    expect(estimate.dollars).toBeCloseTo(3 * 0.058, 10);
    await life.judge.start(runId, { ...order, seed: 5 });
    const review = await closed(life, runId);
    expect(review).toMatchObject({ status: "finished", seed: 5, forced: false, failedSamples: [] });
    expect(review.gates).toMatchObject([{ allowed: true }, { allowed: false, reason: "breaks Tests" }, { allowed: true }]);
    // 1,000 tokens in and 500 out, three times.
    expect(review.usage.dollars).toBeCloseTo(3 * 0.014, 10);
    expect(review.samples.map(({ preferred }) => preferred)).toEqual([[0], [0], [0]]);
    expect(review.samples.flatMap(({ claims }) => claims.map(({ verified }) => verified))).toEqual([true, true, true]);
    expect(new Set(review.orders.map(([first]) => first)).size).toBe(2);
    expect(prompts).toHaveLength(3);
    for (const prompt of prompts) {
      expect(prompt).not.toContain("beta");
      expect(prompt).not.toMatch(/claude|builtin|\bvariation\b/i);
    }
    const run = await life.writer.state(runId);
    expect(run?.selection).toBeUndefined();
    expect((await life.judge.list(runId)).reviews[0]).toMatchObject({ advice: { preferred: 0, summary: "Prefers A in 3 of 3 samples" } });
    expect((await life.calls.list(runId, { limit: 10 })).map(({ variation, outcome }) => [variation, outcome])).toEqual(
      Array(3).fill([-1, "answered"]),
    );
    await life.gateway.close();
  });

  it("is refused to contestants unless forced, to the demo model, beyond the cap, and with nothing to compare", async () => {
    const life = await serve();
    const runId = await finishedRun(life, 0.1);
    answer = prefer("gamma");
    await expect(life.judge.start(runId, { ...order, model: CONTESTANT ?? "" })).rejects.toThrow("prefer their own work");
    await expect(life.judge.start(runId, { ...order, model: "demo", force: true })).rejects.toThrow("cannot judge");
    await expect(life.judge.start(runId, order)).rejects.toThrow("the run's cap leaves $0.1000");
    await life.judge.start(runId, { ...order, samples: 1, model: CONTESTANT ?? "", force: true });
    expect(await closed(life, runId)).toMatchObject({ forced: true, samples: [{ preferred: [2] }] });
    const none = { cached: false, durationMs: 1, exitCode: 1, tail: "", outputLength: 0 };
    const check = {
      id: "c",
      target: "c",
      ...(made[2] ?? base),
      check: "npm:test",
      name: "Tests",
      kind: "test" as const,
      command: "npm test",
    };
    await life.writer.record(runId, [
      { at: 1, event: { type: "check.queued", ...check } },
      { at: 1, event: { type: "check.finished", id: "c", verdict: "failed", ...none } },
      { at: 1, event: { type: "check.compared", id: "c", baseId: "x", broke: true } },
    ]);
    await expect(life.judge.start(runId, order)).rejects.toThrow(
      "Only A can be recommended, so there is nothing to compare: B breaks Tests; C breaks Tests.",
    );
    await life.gateway.close();
  });

  it("says what the provider said when no sample comes of it", async () => {
    const life = await serve();
    const runId = await finishedRun(life);
    answer = (response) => refuse(response, 400, "invalid_request_error");
    await life.judge.start(runId, { ...order, samples: 1 });
    expect(await closed(life, runId)).toMatchObject({ status: "failed", failure: "the provider's words", samples: [] });
    await life.gateway.close();
  });

  it("that a killed server had under way ends as interrupted, and keeps its cost", async () => {
    const life = await serve();
    const runId = await finishedRun(life);
    let said = (): void => undefined;
    const heard = new Promise<void>((resolve) => (said = resolve));
    answer = (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(sse("message_start", { message: { id: "m", type: "message", role: "assistant", content: [], model: JUDGE, usage } }));
      said();
    };
    await life.judge.start(runId, { ...order, samples: 1 });
    await heard;
    await vi.waitFor(async () => expect(await life.calls.open()).toHaveLength(1), 20_000);
    // Another life on the same data; the first one never gets to its end.
    const next = await serve();
    await next.judge.recover();
    const review = (await next.writer.state(runId))?.reviews.at(-1);
    expect(review).toMatchObject({ status: "failed", failure: INTERRUPTED });
    expect(review?.usage.dollars).toBeGreaterThanOrEqual(0.004);
    life.draining.abort();
    await next.gateway.close();
  });
});

it("a project's rubric is kept, and goes back to the default", async () => {
  const life = await serve();
  const { id } = await life.index.projectFor("https://example.com/rubric", "r");
  const own = [{ id: "own-1", name: "Speed", question: "Is it fast?", weight: 4 }];
  expect(await life.rubrics.change(id, { rubric: own })).toEqual({ project_id: id, rubric: own, is_default: false });
  expect(await life.rubrics.rubric(id)).toEqual(own);
  await expect(life.rubrics.describe("nobody")).rejects.toThrow("no such project");
  await life.gateway.close();
});
