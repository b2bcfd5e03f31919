import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import type { RunResponse } from "../lib/protocol/http";
import type { ChangesResponse, FileResponse } from "../lib/protocol/trees";
import { chartQueries, unknownNames } from "../server/metrics/chart-queries-harness";
import { apiClient, ended } from "./api-client";
import { startServer, type TestServer } from "./server";

const execute = promisify(execFile);
let server: TestServer;
let api: ReturnType<typeof apiClient>;
let sample: string;

test.beforeAll(async () => {
  server = await startServer();
  api = apiClient(server.url);
  sample = (await api.setup()).sample_repository?.url ?? "";
});

test.afterAll(() => server.dispose());

test("a program puts one prompt to three agents, compares and selects variation 0", async () => {
  const { run_id, stream_url, job_names } = await api.startRun({
    github_url: sample,
    prompt: "Keep the order of the list after a reload",
    line_up: [{ model: "script:edits" }, { model: "script:edits" }, { model: "script:edits" }],
  });
  expect(run_id).toMatch(/^[a-z0-9]{12,24}$/);
  expect(stream_url).toBe(`/api/v1/runs/${run_id}/stream`);
  expect(job_names).toEqual([0, 1, 2].map((index) => `agent-${run_id}-${index}`));
  const run = await api.until(run_id, ended);
  expect(run.status).toBe("completed");
  expect(run.jobs.map(({ status }) => status)).toEqual(Array.from({ length: 3 }, () => ({ active: 0, succeeded: 1, failed: 0 })));
  const { files } = await api.diff(run_id, "a");
  expect(files.map(({ path, status }) => [path, status])).toContainEqual(["notes/variation a.md", "added"]);
  const selected = await api.select(run_id, 0, "smallest diff");
  expect(selected).toMatchObject({ status: 200, body: { status: "success", job_name: `agent-${run_id}-0` } });
  expect(await api.getRun(run_id)).toMatchObject({
    winning_variation_id: 0,
    selection: { reason: "smallest diff", branch: selected.body.branch },
  });
});

test("a person fetches what the agents made, with git and file by file", async () => {
  const { run_id } = await api.startRun({
    github_url: sample,
    prompt: "Fetch me",
    line_up: [{ model: "script:edits" }, { model: "script:edits" }],
  });
  await api.until(run_id, ended);
  const changes = await api.call<ChangesResponse>("GET", `/runs/${run_id}/changes`);
  const note = changes.body.files.find(({ path }) => path === "notes/variation a.md");
  expect(note?.variations).toEqual([expect.objectContaining({ status: "added" }), null]);
  const file = await api.call<FileResponse>("GET", `/runs/${run_id}/files?at=a&path=${encodeURIComponent("notes/variation a.md")}`);
  const raw = await fetch(`${server.url}/api/v1/runs/${run_id}/blobs/${file.body.blob}`);
  expect([raw.status, await raw.text()]).toEqual([200, file.body.text]);

  const into = await mkdtemp(join(tmpdir(), "aideator-fetch-"));
  const git = (...args: string[]) => execute("git", args, { cwd: into });
  try {
    await git("clone", "--quiet", `file://${sample}`, ".");
    await git("fetch", "--quiet", `${server.url}/git/runs/${run_id}`, "a");
    expect((await git("show", "FETCH_HEAD:notes/variation a.md")).stdout).toBe(file.body.text);
    await expect(git("push", `${server.url}/git/runs/${run_id}`, "HEAD:a")).rejects.toThrow("This remote is read only");
  } finally {
    await rm(into, { recursive: true });
  }
});

test("the stream gives every event once, resumes where it was cut, and ends with the run", async () => {
  const { run_id, stream_url } = await api.startRun({ github_url: sample, prompt: "Stream", line_up: [{ model: "script:edits" }] });
  const first = await (await fetch(server.url + stream_url)).text();
  const ids = [...first.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(ids.map((_, index) => index + 1));
  expect([...first.matchAll(/^event: (\w+)$/gm)].at(-1)?.[1]).toBe("completion");
  const names = new Set([...first.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name));
  for (const name of ["status", "agent_output", "tool", "usage", "job_completed", "completion"]) expect(names).toContain(name);
  const middle = ids[Math.floor(ids.length / 2)] ?? 0;
  const rest = await (await fetch(server.url + stream_url, { headers: { "last-event-id": String(middle) } })).text();
  expect([...rest.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(ids.filter((id) => id > middle));
  expect((await fetch(`${server.url}${stream_url}?after=${ids.at(-1)}`)).status).toBe(204);
  expect((await api.events(run_id)).map(({ seq }) => seq)).toEqual(ids);
});

test("wrong input is refused with the field named, and the server lives", async () => {
  const good = { github_url: sample, prompt: "Do it" };
  const cases: [unknown, string][] = [
    [{ ...good, variations: 0 }, "variations"],
    [{ ...good, variations: 6 }, "variations"],
    [{ ...good, variations: "5" }, "variations"],
    [{ ...good, prompt: "" }, "prompt"],
    [{ ...good, prompt: "x".repeat(10 * 1024 * 1024) }, "prompt"],
    [{ ...good, colour: "red" }, "colour"],
    [{ ...good, github_url: "ext::sh -c 'touch /tmp/pwned'" }, "github_url"],
    [{ ...good, github_url: "--upload-pack=touch /tmp/pwned" }, "github_url"],
    [{ ...good, github_url: "file:///etc" }, "github_url"],
    [{ ...good, github_url: "/etc" }, "github_url"],
    [{ ...good, github_url: `${sample}/../..` }, "github_url"],
    [{ ...good, github_url: "https://user:secret@example.com/a/b" }, "github_url"],
    [{ ...good, github_url: "http://169.254.169.254/latest" }, "github_url"],
    [{ ...good, agent_config: { agent: "nobody" } }, "agent_config.agent"],
    [{ ...good, line_up: [{ model: "claude-sonnet-5-5" }] }, "line_up.0.model"],
    [`{"prompt":"p","__proto__":{"a":1}}`, "__proto__"],
    ["{", "body"],
  ];
  for (const [request, field] of cases) {
    const { status, body } = await api.refuse(request);
    expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(
      body.errors?.map((error) => error.field),
      JSON.stringify(request).slice(0, 200),
    ).toContain(field);
    expect(JSON.stringify(body)).not.toContain("secret");
  }
  expect((await api.call("GET", "/health")).body).toMatchObject({ status: "healthy", kubernetes: false });
});

test("the same request twice with one key is one run; the key with another body is a conflict", async () => {
  const request = { github_url: sample, prompt: "Once", line_up: [{ model: "script:edits" }] };
  const headers = { "idempotency-key": "e2e-key-1" };
  const answers = await Promise.all([1, 2, 3].map(() => api.call<{ run_id: string }>("POST", "/runs", request, headers)));
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(new Set(answers.map(({ body }) => body.run_id)).size).toBe(1);
  expect((await api.call("POST", "/runs", { ...request, prompt: "Twice" }, headers)).status).toBe(409);
});

test("a running run can be stopped, and a failed variation leaves the others alone", async () => {
  const { run_id } = await api.startRun({
    github_url: sample,
    prompt: "Stop",
    line_up: [{ model: "script:endless" }, { model: "script:refused" }, { model: "script:edits" }],
  });
  await api.until(
    run_id,
    (run) => run.jobs[1]?.state === "failed" && run.jobs[2]?.state === "completed" && run.jobs[0]?.state === "running",
  );
  expect((await api.call("POST", `/runs/${run_id}/cancel`, { variation_id: 0 })).status).toBe(200);
  const run = await api.until(run_id, ended);
  expect(run.jobs.map(({ state }) => state)).toEqual(["cancelled", "failed", "completed"]);
  expect(run.status).toBe("completed");
  expect((await api.call("POST", `/runs/${run_id}/cancel`, {})).status).toBe(409);
  const failures = (await api.events(run_id)).flatMap(({ event }) => (event.type === "variation.failed" ? [event.failure] : []));
  expect(failures).toMatchObject([{ code: "model_error" }]);
  expect(failures[0]?.remedy).not.toBe("");

  expect((await api.call("POST", `/runs/${run_id}/retry`, { variation_id: 2 })).status).toBe(409);
  const again = await api.call<RunResponse>("POST", `/runs/${run_id}/retry`, {});
  expect([again.status, again.body.status]).toEqual([200, "running"]);
  await api.until(run_id, (now) => now.jobs[1]?.state === "failed" && now.jobs[0]?.state === "running");
  expect((await api.call("POST", `/runs/${run_id}/cancel`, {})).status).toBe(200);
  const end = await api.until(run_id, ended);
  const name = `agent-${run_id}`;
  expect(end.jobs.map(({ job_name, state }) => [job_name, state])).toEqual([
    [`${name}-0-1`, "cancelled"],
    [`${name}-1-1`, "failed"],
    [`${name}-2`, "completed"],
  ]);
});

test("a repository that cannot be read ends the run with a cause and a remedy", async () => {
  const { status, body } = await api.call<{ run_id: string }>("POST", "/runs", { github_url: sample, prompt: "p", base: "no-such-branch" });
  expect(status).toBe(202);
  const run = await api.until(body.run_id, ended);
  expect(run.status).toBe("failed");
  const last = (await api.events(body.run_id)).at(-1)?.event;
  expect(last).toMatchObject({ type: "run.failed", failure: { code: "repository" } });
  expect(JSON.stringify(last)).toContain("no-such-branch");
});

test("other sites and other names get nothing", async () => {
  const foreign = await fetch(`${server.url}/api/v1/runs`, { headers: { origin: "http://evil.example" } });
  expect(foreign.status).toBe(403);
  expect((await fetch(`${server.url}/api/v1/runs`, { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" })).status).toBe(
    415,
  );
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  // Pages run their own scripts only, under a nonce that is never the same.
  const policies = await Promise.all([1, 2].map(async () => (await fetch(server.url)).headers.get("content-security-policy") ?? ""));
  const nonces = policies.map((policy) => /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]);
  expect(nonces[0]).toBeTruthy();
  expect(nonces[0]).not.toBe(nonces[1]);
  expect((await fetch(`${server.url}/api/v1/nothing`)).status).toBe(404);
});

test("Prometheus is told of runs and requests, by templates and not by addresses", async () => {
  const { run_id } = await api.startRun({ github_url: sample, prompt: "Count me", line_up: [{ model: "script:edits" }] });
  await api.until(run_id, ended);
  const response = await fetch(`${server.url}/metrics`);
  expect(response.headers.get("content-type")).toContain("text/plain");
  const text = await response.text();
  expect(text).toMatch(/^aideator_runs_total\{event="completed"\} [1-9]/m);
  expect(text).toMatch(/^aideator_http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/runs",status="202"\} [1-9]/m);
  expect(text).toMatch(/^aideator_model_tokens_total\{model="script:edits",kind="output"\} [1-9]/m);
  expect(text).not.toContain(run_id);
  // What the chart asks for is there.
  expect(unknownNames(await chartQueries(), text)).toEqual([]);
});
