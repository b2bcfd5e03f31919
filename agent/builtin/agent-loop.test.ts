import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AgentLine } from "@/lib/protocol/agent-lines";
import type { AgentTask } from "@/lib/protocol/agent-task";
import { createGateway } from "@/server/gateway/create-gateway";
import type { ModelGateway } from "@/server/gateway/gateway";
import { createEmit } from "../emit";
import { gatewayBaseUrl } from "../forwarder";
import { runAgentLoop } from "./agent-loop";

// The real loop, forwarder and gateway; only the model behind them follows a scenario.
let folder: string;
let gateway: ModelGateway;
let model: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-loop-"));
  await mkdir(join(folder, "scripts"));
  await mkdir(join(folder, "tree"));
  await writeFile(join(folder, "tree/a.txt"), "one\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: join(folder, "tree") });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "base");
  gateway = await createGateway({
    socketPath: join(folder, "gateway", "gateway.sock"),
    scriptsDir: join(folder, "scripts"),
    authorize: (token) => Promise.resolve(token === "token" ? { runId: "r", projectId: "p", variation: 0, attempt: 0, model } : undefined),
    onUsage: () => Promise.resolve(),
  });
});
afterEach(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(turns: unknown[], task: Partial<AgentTask> = {}, token = "token"): Promise<{ lines: AgentLine[]; last: AgentLine }> {
  model = task.model ?? "script:case";
  await writeFile(join(folder, "scripts/case.json"), JSON.stringify({ default: { turns } }));
  const lines: AgentLine[] = [];
  const emit = createEmit((text) => lines.push(JSON.parse(text) as AgentLine));
  const full: AgentTask = {
    runId: "r",
    variation: 0,
    attempt: 0,
    prompt: "Do it",
    model: "script:case",
    limits: { turns: 10, minutes: 1 },
    workspace: join(folder, "tree"),
    commandsAllowed: true,
    ...task,
  };
  const baseUrl = await gatewayBaseUrl(`unix:${gateway.socketPath}`);
  const last = await runAgentLoop({ task: full, baseUrl, token, emit });
  return { lines, last };
}

const finish = { steps: [{ tool: "finish", input: { summary: "All **done**." } }] };
const types = (lines: AgentLine[]): string[] => lines.map(({ type }) => type);
const textOf = (lines: AgentLine[]): string => lines.map((line) => (line.type === "text.delta" ? line.text : "")).join("");

it("streams, calls tools, and ends with its summary", async () => {
  const { lines, last } = await run([
    { steps: [{ thinking: "Hm." }, { text: "I will write." }, { tool: "write", input: { path: "b.txt", content: "two\n" } }] },
    { steps: [{ tool: "command", input: { command: "cat b.txt" } }] },
    finish,
  ]);
  expect(last).toEqual({ type: "agent.finished", summary: "All **done**." });
  expect(await readFile(join(folder, "tree/b.txt"), "utf8")).toBe("two\n");
  expect(textOf(lines)).toBe("I will write.");
  expect(lines.filter(({ type }) => type === "thinking.delta").length).toBeGreaterThan(0);
  expect(lines.find(({ type }) => type === "file.changed")).toMatchObject({ path: "b.txt", status: "added", added: 1 });
  const output = lines.find((line) => line.type === "tool.output" && line.stream === "stdout");
  expect(output).toMatchObject({ text: "two\n" });
  expect(types(lines).filter((type) => type === "tool.started")).toHaveLength(2);
  expect(lines.map((line) => (line as { n?: number }).n)).toEqual(lines.map((_, at) => at + 1));
});

it("takes a broken answer back and asks again", async () => {
  const { lines, last } = await run([{ steps: [{ text: "Half of it" }, { cut: true }, { text: " and the rest." }] }]);
  expect(last).toMatchObject({ type: "agent.finished" });
  const retried = lines.find((line) => line.type === "model.retried");
  expect(retried).toMatchObject({ status: 0 });
  const retracted = new Set(retried?.type === "model.retried" ? retried.retracted : []);
  expect(retracted.size).toBeGreaterThan(0);
  const kept = lines.map((line) => (line.type === "text.delta" && !retracted.has(line.block) ? line.text : "")).join("");
  expect(kept).toBe("Half of it and the rest.");
});

it("waits out an overloaded model and shows that it does", async () => {
  const { lines, last } = await run([{ steps: [{ error: { status: 529, times: 1 } }, { text: "There." }] }]);
  expect(last).toEqual({ type: "agent.finished", summary: "There." });
  expect(lines.find((line) => line.type === "model.retried")).toMatchObject({ status: 529, retracted: [] });
});

it("fails with the provider's own words when trying again is of no use", async () => {
  const { last } = await run([{ steps: [{ error: { status: 400, times: 99, message: "no such thing" } }] }]);
  expect(last).toMatchObject({
    type: "agent.failed",
    failure: { code: "model_error", message: "The model answered 400.", detail: "no such thing" },
  });
  expect(await run([finish], {}, "wrong token")).toMatchObject({ last: { failure: { message: "The model answered 401." } } });
});

it("tells the model that its input was broken, and goes on", async () => {
  const { lines, last } = await run([{ steps: [{ malformed: true }] }, finish]);
  expect(last).toMatchObject({ type: "agent.finished" });
  expect(lines.find((line) => line.type === "tool.finished")).toMatchObject({ ok: false, summary: "broken input" });
});

it("stops at its limit of turns", async () => {
  const look = { steps: [{ tool: "read", input: { path: "a.txt" } }] };
  const { last } = await run([look, look, look, look], { limits: { turns: 2 } });
  expect(last).toMatchObject({ type: "agent.failed", failure: { code: "budget", message: "The limit of 2 turns is reached." } });
});

it("has no command tool where nothing confines it", async () => {
  const { lines } = await run([{ steps: [{ tool: "command", input: { command: "touch made" } }] }, finish], { commandsAllowed: false });
  expect(lines.find((line) => line.type === "tool.finished")).toMatchObject({ ok: false, summary: "no such tool" });
  expect(existsSync(join(folder, "tree/made"))).toBe(false);
});
