import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunState } from "@/lib/run/state";
import { readEnv } from "./env";
import type { ModelGateway } from "./gateway/gateway";
import { answerJson, answerStream, messageStart, refuse } from "./gateway/gateway-harness";
import { openGateway } from "./open-gateway";
import { createProjectService, type ProjectService } from "./projects/project-service";
import { tokenHash } from "./runs/attempt-token";
import { createCallList } from "./runs/call-list";
import { createRunWriter, type RunWriter } from "./runs/run-writer";
import { openPriceSettings, type PriceSettings } from "./settings/price-settings";
import { createPrismaCallStore } from "./storage/prisma/call-store";
import { type Database, openDatabase } from "./storage/prisma/database";
import { createPrismaEventLog } from "./storage/prisma/event-log";
import { createPrismaProjectStore } from "./storage/prisma/project-store";
import { createPrismaRunIndex } from "./storage/prisma/run-index";
import { createPrismaSettingsStore } from "./storage/prisma/settings-store";

// Real database, real sockets; only the provider is played.
const SONNET = "claude-sonnet-5-5";
let dir: string;
let database: Database;
let provider: { url: string; answer: (response: ServerResponse) => void; close(): void };
let runs = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "aid-og-"));
  database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
  const server = createServer((request, response) => {
    response.on("error", () => undefined);
    request.resume().on("end", () => {
      if (request.url?.endsWith("count_tokens")) response.end('{"input_tokens":500}');
      else provider.answer(response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (response) => answerJson(response),
    close: () => void (server.closeAllConnections(), server.close()),
  };
});

afterAll(async () => {
  provider.close();
  await database.$disconnect();
  await rm(dir, { recursive: true, force: true });
});

/** One server's life on the shared database. */
async function serve() {
  const eventLog = createPrismaEventLog(database);
  const writer = createRunWriter(eventLog, Date.now);
  const calls = createPrismaCallStore(database);
  const projects = createProjectService({ projects: createPrismaProjectStore(database), calls, now: Date.now });
  const prices = await openPriceSettings(createPrismaSettingsStore(database));
  const index = createPrismaRunIndex(database);
  const env = readEnv({ NODE_ENV: "test", ANTHROPIC_BASE_URL: provider.url, AIDEATOR_DATA_DIR: dir });
  const errors: unknown[] = [];
  const socketPath = join(dir, "gateway", "gateway.sock");
  const onError = (error: unknown): void => void errors.push(error);
  const gateway = await openGateway({
    env,
    socketPath,
    index,
    eventLog,
    writer,
    calls,
    projects,
    prices,
    provider: () => env.provider,
    redact: (text) => text,
    onError,
  });
  return { gateway, writer, calls, projects, prices, index, errors, callList: createCallList(writer, calls) };
}

type Life = Awaited<ReturnType<typeof serve>>;

/** A run with attempts that work; the token of variation n is `<run id>-<n>`. */
async function startRun({ writer, index }: Life, spec: { maxDollars?: number; limit?: number; model?: string; project?: string } = {}) {
  runs += 1;
  const runId = `opengateway${String(runs).padStart(4, "0")}`;
  const { id: projectId } = await index.projectFor(`https://example.com/${spec.project ?? "a"}`, "a");
  const model = spec.model ?? SONNET;
  const limits = spec.limit === undefined ? undefined : { dollars: spec.limit };
  const variations = [0, 1].map(() => ({ agent: "builtin", model, limits }));
  const created = { type: "run.created" as const, prompt: "p", projectId, repositoryUrl: "u", repositoryName: "n", variations };
  await writer.create({ runId, projectId, createdAt: 1, events: [{ at: 1, event: { ...created, maxDollars: spec.maxDollars } }] });
  for (const variation of [0, 1]) {
    await index.issueToken({ runId, variation, attempt: 0, model, tokenHash: tokenHash(`${runId}-${variation}`) });
  }
  return { runId, projectId };
}

function send(gateway: ModelGateway, token: string, body: object = {}) {
  const text = JSON.stringify({ max_tokens: 1_000, messages: [{ role: "user", content: "Hello" }], ...body });
  const request = httpRequest({
    socketPath: gateway.socketPath,
    path: "/v1/messages",
    method: "POST",
    headers: { "x-api-key": token },
    agent: false,
  });
  request.on("error", () => undefined);
  request.end(text);
  return request;
}

async function call(gateway: ModelGateway, token: string, body?: object): Promise<{ status: number; text: string }> {
  const [response] = (await once(send(gateway, token, body), "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode ?? 0, text };
}

const dollarsOf = (state: RunState | undefined): number[] => state?.variations.map(({ usage }) => usage.dollars) ?? [];
const usage = { input_tokens: 1_000, output_tokens: 1_000 };

test("what a call costs is in the log and in the audit, with one id", async () => {
  const life = await serve();
  const { runId } = await startRun(life);
  provider.answer = (response) =>
    answerJson(response, { ...usage, cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 50 } });
  expect((await call(life.gateway, `${runId}-1`)).status).toBe(200);
  provider.answer = (response) => refuse(response, 500, "api_error");
  expect((await call(life.gateway, `${runId}-0`)).status).toBe(500);
  expect(dollarsOf(await life.writer.state(runId))).toEqual([0, 0.01245]);
  await vi.waitFor(async () => expect((await life.callList.list(runId, { limit: 9 })).calls).toHaveLength(2));
  const first = await life.callList.list(runId, { limit: 1 });
  expect(first).toMatchObject({
    calls: [
      {
        variation_id: 1,
        model: SONNET,
        outcome: "answered",
        status: 200,
        cache_write_5m_tokens: 100,
        cache_write_1h_tokens: 50,
        dollars: 0.01245,
        request_body: null,
      },
    ],
    next_cursor: expect.any(String),
  });
  const second = await life.callList.list(runId, { limit: 1, cursor: first.next_cursor ?? "" });
  expect(second).toMatchObject({ calls: [{ variation_id: 0, outcome: "failed", status: 500 }], next_cursor: null });
  await expect(life.callList.list("nosuchrun00000", { limit: 1 })).rejects.toThrow("There is no run");
  await life.gateway.close();
});

test("caps hold over a restart: what was spent is in the log", async () => {
  provider.answer = (response) => answerJson(response, usage);
  let life = await serve();
  const { runId } = await startRun(life, { maxDollars: 0.03, limit: 0.02 });
  expect((await call(life.gateway, `${runId}-0`)).status).toBe(200);
  await life.gateway.close();
  life = await serve();
  const again = await call(life.gateway, `${runId}-0`, { max_tokens: 1_000 });
  // 0.8 of its 2 cents are left: fewer tokens than asked for, but not none.
  expect(again.status).toBe(200);
  const refused = await call(life.gateway, `${runId}-0`);
  expect(refused).toMatchObject({ status: 402, text: expect.stringContaining("The dollar limit of this variation is reached") });
  await life.gateway.close();
});

test("a stream that was under way when the server was killed is charged once with what had arrived", async () => {
  provider.answer = (response) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(messageStart);
  const killed = await serve();
  const { runId, projectId } = await startRun(killed, { project: "killed" });
  const request = send(killed.gateway, `${runId}-0`, { stream: true });
  await once(request, "response");
  await vi.waitFor(async () => expect(await killed.calls.open()).toHaveLength(1));
  // A killed server writes nothing any more: what the next one finds is what is in the database now.
  const month = new Date().toISOString().slice(0, 7);
  const life = await createSecondServer();
  expect(dollarsOf(await life.writer.state(runId))).toEqual([0.00201, 0]);
  expect(await life.calls.open()).toEqual([]);
  expect(await life.calls.spentInMonth(projectId, month)).toBeCloseTo(0.00201, 9);
  expect(await life.calls.list(runId, { limit: 10 })).toMatchObject([{ outcome: "lost", counts: { inputTokens: 1_000, outputTokens: 1 } }]);
  await life.gateway.close();
  // Killed between the log and the audit: the charge is known.
  const [row] = await life.calls.list(runId, { limit: 1 });
  await database.modelCall.update({ where: { id: row?.id }, data: { outcome: "open", outputTokens: 0 } });
  const third = await serve();
  expect(dollarsOf(await third.writer.state(runId))).toEqual([0.00201, 0]);
  expect(await third.calls.list(runId, { limit: 10 })).toMatchObject([{ outcome: "lost", counts: { outputTokens: 1 } }]);
  await third.gateway.close();
  request.destroy();
  await killed.gateway.close();

  async function createSecondServer(): Promise<Life> {
    const frozen = vi.spyOn(killed.writer, "record").mockRejectedValue(new Error("killed"));
    const next = await serve();
    expect(frozen).not.toHaveBeenCalled();
    return next;
  }
});

test("a project's budget for the month counts all its runs, and can be changed while they work", async () => {
  provider.answer = (response) => answerJson(response, usage);
  const life = await serve();
  const { projects, gateway } = life;
  const one = await startRun(life, { project: "capped" });
  const other = await startRun(life, { project: "capped" });
  expect(await projects.update(one.projectId, { monthly_dollars: 0.0145 })).toMatchObject({ monthly_dollars: 0.0145, spent_this_month: 0 });
  expect((await call(gateway, `${one.runId}-0`)).status).toBe(200);
  const refused = await call(gateway, `${other.runId}-0`);
  expect(refused).toMatchObject({ status: 402, text: expect.stringContaining(`PATCH /api/v1/projects/${one.projectId}`) });
  await vi.waitFor(async () =>
    expect((await listAll(projects)).find(({ project_id }) => project_id === one.projectId)).toMatchObject({ spent_this_month: 0.012 }),
  );
  await projects.update(one.projectId, { monthly_dollars: null });
  expect((await call(gateway, `${other.runId}-0`)).status).toBe(200);
  await expect(projects.update("nosuchproject", { monthly_dollars: 1 })).rejects.toThrow("There is no project");
  await gateway.close();
});

async function listAll(projects: ProjectService) {
  const first = await projects.list({ limit: 1 });
  const all = [...first.projects];
  for (let cursor = first.nextCursor; cursor !== undefined; ) {
    const page = await projects.list({ limit: 1, cursor });
    all.push(...page.projects);
    cursor = page.nextCursor;
  }
  return all;
}

test("prices can be edited, are kept, and hold from the next call on", async () => {
  provider.answer = (response) => answerJson(response, usage);
  let life = await serve();
  const { runId } = await startRun(life, { model: "local-model" });
  expect((await call(life.gateway, `${runId}-0`)).status).toBe(200);
  expect((await life.writer.state(runId))?.variations[0]?.usage).toMatchObject({ dollars: 0, unpriced: true });
  const table: ReturnType<PriceSettings["current"]> = {
    source: "our own contract",
    date: "2026-11-21",
    models: { "local-model": { input: 3, output: 5, cache_read: 0 } },
  };
  expect(await life.prices.replace(table)).toEqual({ ...table, edited: true });
  await life.gateway.close();
  life = await serve();
  expect(life.prices.describe()).toEqual({ ...table, edited: true });
  expect((await call(life.gateway, `${runId}-1`)).status).toBe(200);
  expect(dollarsOf(await life.writer.state(runId))).toEqual([0, 0.008]);
  expect(await life.prices.reset()).toMatchObject({ edited: false, date: "2026-11-20" });
  await life.gateway.close();
});

test("a pause is in the log, holds over a restart, and ends with the first answer", async () => {
  let refusing = true;
  provider.answer = (response) => (refusing ? refuse(response, 529, "overloaded_error", { "retry-after": "2" }) : answerStream(response));
  let life = await serve();
  const { runId } = await startRun(life);
  const held = send(life.gateway, `${runId}-0`, { stream: true });
  const paused = (writer: RunWriter) => writer.state(runId).then((state) => state?.paused);
  await vi.waitFor(async () => expect(await paused(life.writer)).toMatchObject({ reason: expect.stringContaining("overloaded") }));
  held.destroy();
  await life.gateway.close();
  refusing = false;
  life = await serve();
  const until = (await paused(life.writer))?.until ?? 0;
  expect(until).toBeGreaterThan(Date.now());
  expect((await call(life.gateway, `${runId}-1`, { stream: true })).status).toBe(200);
  expect(Date.now()).toBeGreaterThanOrEqual(until - 5);
  await vi.waitFor(async () => expect(await paused(life.writer)).toBeUndefined());
  expect(life.errors).toEqual([]);
  await life.gateway.close();
});
