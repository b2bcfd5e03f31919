import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { bundleManifestSchema } from "../lib/protocol/bundle";
import type { RunResponse } from "../lib/protocol/http";
import type { RunEvent } from "../lib/run/events";
import { apiClient } from "./api-client";
import { startServer, type TestServer } from "./server";

const program = fileURLToPath(new URL("../bin/aideator.mjs", import.meta.url));
const ID = /^[a-z0-9]{16}$/;
let server: TestServer;
let api: ReturnType<typeof apiClient>;
let folder: string;
let shop: string;

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AIDEATOR_|npm_)/.test(name)));
  return { NODE_ENV: "production", ...clean, AIDEATOR_DATA_DIR: server.dataDir, ...more };
}

function begin(args: string[], { cwd = shop, env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { cwd, env: environment(env) });
  const said = { out: "", err: "" };
  child.stdout?.on("data", (chunk) => (said.out += String(chunk)));
  child.stderr?.on("data", (chunk) => (said.err += String(chunk)));
  const ended = once(child, "close").then(([code]): Ended => ({ code: code as number | null, ...said }));
  return { child, said, ended };
}

const aideator = (args: string[], options: Parameters<typeof begin>[1] & { input?: string } = {}): Promise<Ended> => {
  const { child, ended } = begin(args, options);
  child.stdin?.end(options.input ?? "");
  return ended;
};

function repository(path: string): void {
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], { cwd: path });
  git("init", "-q", "-b", "main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.com");
  git("add", "-A");
  git("commit", "-qm", "first", "--allow-empty");
}

test.beforeAll(async () => {
  server = await startServer();
  api = apiClient(server.url);
  folder = await realpath(await mkdtemp(join(tmpdir(), "aideator-cli-")));
  shop = join(folder, "my shop");
  await mkdir(join(shop, "src"), { recursive: true });
  await writeFile(join(shop, "src/app.js"), "export const a = 1;\n");
  repository(shop);
});

test.afterAll(async () => {
  await server.dispose();
  await rm(folder, { recursive: true, force: true });
});

test("the whole loop from inside a repository that nobody had allowed before", async () => {
  await rm(join(server.dataDir, "allowed-folders.json"), { force: true });
  const before = await api.refuse({ github_url: shop, prompt: "p" });
  expect(before.body.detail).toContain(`npx aideator allow '${shop}'`);

  const { code, out } = await aideator(["run", "--prompt", "Say something", "-m", "script:edits,script:refused"], {
    cwd: join(shop, "src"),
  });
  expect(code, out).toBe(0);
  expect(out).not.toContain("\u001b");
  expect(out).toMatch(/^A {2}(created|edited) .* {2}\+\d+ −\d+$/m);
  expect(out).toMatch(/^A {2}completed \d+ files?/m);
  expect(out).toMatch(/^B {2}failed /m);
  const runId = /^run (\w+)/.exec(out)?.[1] ?? "";
  expect(runId).toMatch(ID);
  expect(out).toContain(`aideator diff ${runId} a`);

  const patch = await aideator(["diff", "last", "a"]);
  expect(patch).toMatchObject({ code: 0, err: "" });
  execFileSync("git", ["apply", "--check", "-"], { cwd: shop, input: patch.out });
  expect((await aideator(["diff", runId.slice(0, 8), "base..a", "--stat"])).out).toContain("changed,");
  // The same trees where there is no repository around.
  expect((await aideator(["diff", runId, "a"], { cwd: folder })).out).toBe(patch.out);
  const files = JSON.parse((await aideator(["diff", "last", "a", "--json"])).out) as { files: { path: string }[] };
  expect(files.files.length).toBeGreaterThan(0);

  expect((await aideator(["select", "last", "A", "--reason", "it works"])).out).toMatch(/^A won: aideator\//);
  expect((await api.getRun(runId)).selection).toMatchObject({ winning_variation_id: 0, reason: "it works" });
  expect((await aideator(["diff", "last"])).out).toBe(patch.out);

  expect((await aideator(["land", "last", "--kind", "checkout", "--mode", "worktree", "--preview"])).code).toBe(0);
  const landed = await aideator(["land", "last", "--kind", "checkout", "--mode", "branch", "--branch", "from-agents"]);
  expect(landed.code, landed.err).toBe(0);
  expect(execFileSync("git", ["branch", "--show-current"], { cwd: shop, encoding: "utf8" })).toBe("from-agents\n");
  expect(execFileSync("git", ["diff", "main", "from-agents", "--stat"], { cwd: shop, encoding: "utf8" })).toContain("changed");
  execFileSync("git", ["switch", "-q", "main"], { cwd: shop });

  const shown = JSON.parse((await aideator(["show", "last", "--json"])).out) as RunResponse;
  expect(shown.run_id).toBe(runId);
  expect((await aideator(["list"])).out).toContain(runId);
});

test("a run as a file: manifest, whole log, patches that apply", async () => {
  const { out } = await aideator(["run", "-p", "Export me", "-n", "1", "-m", "script:edits", "-d"]);
  const runId = out.trim();
  expect(runId).toMatch(ID);
  await api.until(runId, ({ status }) => status === "completed");
  const file = join(folder, "run.tar.gz");
  expect(await aideator(["export", "last", "-o", file])).toMatchObject({ code: 0, out: `${file}\n` });
  execFileSync("tar", ["-xzf", file], { cwd: folder });
  const bundle = join(folder, `aideator-${runId}`);
  const manifest = bundleManifestSchema.parse(JSON.parse(await readFile(join(bundle, "manifest.json"), "utf8")));
  const head = execFileSync("git", ["rev-parse", "main"], { cwd: shop, encoding: "utf8" }).trim();
  expect(manifest).toMatchObject({
    run_id: runId,
    base: { commit: head },
    variations: [{ model: "script:edits", patch: { file: "patches/a.patch" } }],
  });
  const log = (await readFile(join(bundle, "events.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  expect(log).toEqual(await api.events(runId));
  execFileSync("git", ["apply", "--check", join(bundle, "patches/a.patch")], { cwd: shop });
  expect(existsSync(`${file}.part`)).toBe(false);
});

test("--json gives every event of the log, then the result; the prompt may come from standard input", async () => {
  const { code, out } = await aideator(["run", "-", "-n", "2", "-m", "script:edits", "--json"], { input: "From a file\n" });
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent & { exit_code: number; run: RunResponse });
  const result = lines.pop();
  expect([code, result?.exit_code, result?.run.prompt]).toEqual([0, 0, "From a file"]);
  expect(lines).toEqual(await api.events(result?.run.run_id ?? ""));
});

test("in a terminal every variation has a lane that is redrawn in place, and the cursor comes back", async () => {
  const command = `stty cols 70 rows 24; '${process.execPath}' '${program}' run -p 'Live lanes' -m script:edits,script:edits; echo ended $?`;
  const inTerminal = (env: Record<string, string>): string =>
    execFileSync("script", ["-qec", command, "/dev/null"], {
      cwd: shop,
      encoding: "utf8",
      env: environment({ TERM: "xterm-256color", ...env }),
    });
  const out = inTerminal({});
  expect(out).toContain("ended 0");
  const live = out.slice(0, out.lastIndexOf("\u001b[?25h"));
  expect(live).toContain("\u001b[?25l");
  expect(live).toMatch(/\u001b\[4A\u001b\[0J/);
  expect(live).toContain("\u001b[32mcompleted");
  const last = live.slice(live.lastIndexOf("\u001b[0J"));
  expect(last.match(/completed/g)).toHaveLength(2);
  expect(out.slice(out.lastIndexOf("\u001b[?25h"))).toContain("aideator diff");
  expect(inTerminal({ NO_COLOR: "1" })).not.toMatch(/\u001b\[\d+m/);
  expect(inTerminal({ TERM: "dumb" })).toMatch(/^A {2}completed/m);
});

test("a second Ctrl-C leaves at once, whatever the server does", async () => {
  const { child, said, ended } = begin(["run", "-p", "Left alone", "-m", "script:endless", "-n", "1"]);
  await expect.poll(() => said.out, { timeout: 60_000 }).toMatch(/^A {2}started/m);
  const { pid } = JSON.parse(await readFile(join(server.dataDir, "server.json"), "utf8")) as { pid: number };
  process.kill(pid, "SIGSTOP");
  try {
    child.kill("SIGINT");
    await expect.poll(() => said.err).toContain("Stopping the run");
    child.kill("SIGINT");
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toMatch(/Left\. Look at it: aideator show \w+; stop it: aideator stop \w+\./);
  } finally {
    process.kill(pid, "SIGCONT");
  }
  const runId = /^run (\w+)/.exec(said.out)?.[1] ?? "";
  // The request to stop it may have been on its way.
  await api.call("POST", `/runs/${runId}/cancel`, {});
  await api.until(runId, ({ status }) => status === "cancelled");
});

test("Ctrl-C stops the run and says how to look at it", async () => {
  const { child, said, ended } = begin(["run", "-p", "Endless", "-m", "script:endless", "-n", "1"]);
  await expect.poll(() => said.out, { timeout: 60_000 }).toMatch(/^A {2}started/m);
  child.kill("SIGINT");
  const { code, out, err } = await ended;
  expect(code).toBe(130);
  expect(err).toContain("Stopping the run");
  expect(out).toMatch(/^A {2}cancelled/m);
  const runId = /^run (\w+)/.exec(out)?.[1] ?? "";
  expect((await api.getRun(runId)).status).toBe("cancelled");
  expect(await aideator(["stop", runId])).toMatchObject({ code: 4, out: "" });
});

test("a failed run ends with 1; what the server refuses ends with 4 and names the option", async () => {
  expect((await aideator(["run", "-p", "x", "-m", "script:refused", "-n", "1"])).code).toBe(1);
  const refused = await aideator(["run", "-p", "x", "-m", "no-such-model"]);
  expect(refused).toMatchObject({ code: 4, out: "" });
  expect(refused.err).toContain("(--model)");
  expect(refused.err).not.toContain("    at ");
  expect((await aideator(["show", "zzzz"])).code).toBe(4);
  expect((await aideator(["select", "last", "e"])).code).toBe(2);
  expect((await aideator(["run", "-p", "x"], { cwd: folder })).code).toBe(2);
});

test("folders are allowed, listed and taken back by the server's own user only, and stay so over a restart", async () => {
  expect((await stat(join(server.dataDir, "cli-token"))).mode & 0o777).toBe(0o600);
  const other = join(folder, "other");
  await mkdir(join(other, "deep"), { recursive: true });
  repository(join(other, "deep"));
  expect(await aideator(["allow", other])).toMatchObject({ code: 0, out: `Allowed: ${other}\n` });
  await server.kill("SIGTERM");
  expect(await aideator(["allow"])).toMatchObject({ code: 3 });
  await server.restart();
  expect((await aideator(["allow"])).out).toContain(`${other}\n`);
  expect((await api.startRun({ github_url: join(other, "deep"), prompt: "p", line_up: [{ model: "script:edits" }] })).run_id).toMatch(ID);
  expect((await aideator(["allow", "--remove", other])).code).toBe(0);
  expect((await api.refuse({ github_url: join(other, "deep"), prompt: "p" })).status).toBe(400);
  expect((await aideator(["allow", join(folder, "none")])).code).toBe(4);
  // Without the token, or with one of another server: nothing.
  expect((await api.call("POST", "/allowed-folders", { path: other })).status).toBe(403);
  expect((await api.call("GET", "/allowed-folders", undefined, { authorization: "AideatorLocal x" })).status).toBe(403);
  expect((await aideator(["allow", other, "--data-dir", folder, "--server", server.url])).code).toBe(4);
});

test("a server with an access token is used with it, and allows no folders at run time", async () => {
  const token = "a-long-enough-token";
  const shared = await startServer({ AIDEATOR_ACCESS_TOKEN: token, AIDEATOR_LOCAL_REPOS: folder });
  try {
    const options = { env: { AIDEATOR_DATA_DIR: shared.dataDir, AIDEATOR_ACCESS_TOKEN: token } };
    expect((await aideator(["run", "-p", "Shared", "-n", "1", "-m", "script:edits"], options)).code).toBe(0);
    expect((await aideator(["diff", "last", "a"], options)).out).toContain("diff --git");
    expect((await aideator(["list"], { env: { AIDEATOR_URL: shared.url } })).code).toBe(4);
    expect((await aideator(["allow", shop], options)).code).toBe(4);
    expect(existsSync(join(shared.dataDir, "cli-token"))).toBe(false);
  } finally {
    await shared.dispose();
  }
});
