import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { ExecutorRef, SetupSpec } from "../executor";
import { drain } from "../executor.contract";
import { clusterForEachTest, exitOf, failureOf, harness, podName, texts } from "./started-attempts-harness";

clusterForEachTest();

function setupSpec(command: string, more: Partial<SetupSpec["setup"]> = {}): SetupSpec {
  const setup = { command, variables: { GREETING: "hello" }, shown: [], minutes: 1, ...more };
  return { name: "agent-setup-0123456789", mirrorPath: harness.mirror, baseCommit: harness.base, setup };
}

async function started(spec: SetupSpec): Promise<ExecutorRef> {
  await harness.executor.prepare(spec);
  return harness.executor.start(spec);
}

describe("a set-up in a pod", () => {
  it("runs in the base's tree with its variables, which no object of the cluster but its Secret holds", async () => {
    const items = await drain(harness.executor, await started(setupSpec('ls; echo "$GREETING"; exit 3')), 1);
    expect(texts(items).map((line) => JSON.parse(line).text)).toEqual(["a file.txt", "ümläut", "hello"]);
    expect(exitOf(items)).toEqual([{ kind: "exited", code: 3 }]);
    for (const kind of ["jobs", "pods"] as const) expect(JSON.stringify(harness.cluster.store.list(kind))).not.toContain("hello");
  });

  it("brings the folders that are kept, and nothing that the repository tracks", async () => {
    const keep = { named: ["node_modules"], tree: ["ümläut", ".venv"], home: [".cache/x"] };
    const command =
      'mkdir -p node_modules/one sub/node_modules .venv "$HOME/.cache/x"; echo 1 > node_modules/one/index.js; ln -s ../one node_modules/two; echo 2 > "$HOME/.cache/x/y"';
    const spec = setupSpec(command, { keep });
    expect(exitOf(await drain(harness.executor, await started(spec), 1))).toEqual([{ kind: "exited", code: 0 }]);
    const folder = join(harness.dataDir, "kept");
    await mkdir(folder);
    expect((await harness.executor.keep?.(spec, folder))?.sort()).toEqual([".venv", "node_modules", "sub/node_modules"]);
    expect(await readFile(join(folder, "tree/node_modules/one/index.js"), "utf8")).toBe("1\n");
    expect(await readFile(join(folder, "home/.cache/x/y"), "utf8")).toBe("2\n");

    // What was kept is there for an attempt, in its tree and home, and in no snapshot of it.
    const script = `js export default async ({ print }) => { const fs = await import("node:fs"); print(fs.readFileSync("node_modules/one/index.js", "utf8").trim() + fs.readlinkSync("node_modules/two") + fs.readFileSync(process.env.HOME + "/.cache/x/y", "utf8").trim()); }`;
    const attempt = { ...harness.spec(script), environment: { dependencies: folder, variables: {}, path: [] } };
    await harness.executor.prepare(attempt);
    expect(texts(await drain(harness.executor, await harness.executor.start(attempt), 1))).toEqual(["1../one2"]);
    expect((await harness.executor.collect(attempt, { final: true })).commit).toBe(harness.base);
  });

  it("is an error where the pod could not bring it", async () => {
    const spec = setupSpec("true", { keep: { named: [], tree: [], home: [] } });
    await drain(harness.executor, await started(spec), 1);
    await rm(join(harness.dataDir, "attempts", spec.name, "kept.tar"));
    await expect(harness.executor.keep?.(spec, join(harness.dataDir, "kept"))).rejects.toThrow(/did not bring/);
  });

  it("ends at its limit, and says that it was that", async () => {
    const items = await drain(harness.executor, await started(setupSpec("echo begun; sleep 60", { minutes: 0.03 })), 1);
    expect(texts(items)).toHaveLength(1);
    expect(failureOf(items)).toMatchObject({ code: "timeout", message: "It took longer than it may." });
  });

  it("is no verdict where what it needs did not come", async () => {
    const spec = { ...setupSpec("true"), environment: { dependencies: join(harness.dataDir, "gone"), variables: {}, path: [] } };
    const items = await drain(harness.executor, await started(spec), 1);
    expect(texts(items).join()).toContain("the server refused dependencies: HTTP 404");
    expect(failureOf(items)?.code).toBe("prepare_failed");
  });

  it("is stopped, and started anew under its name while the one before is on its way out", async () => {
    const spec = setupSpec("sleep 60");
    const first = await started(spec);
    await podName(spec);
    await harness.executor.stop(first);
    const again = setupSpec("echo second");
    const second = await started(again);
    expect(second.data).not.toEqual(first.data);
    expect(texts(await drain(harness.executor, second, 1)).map((line) => JSON.parse(line).text)).toContain("second");
  });

  it("is ended by its pod where another server came, which knows nothing of it", async () => {
    const spec = setupSpec("echo begun; sleep 60");
    const ref = await started(spec);
    const pod = await podName(spec);
    const leave = new AbortController();
    for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: leave.signal })) if (item.type === "line") leave.abort();
    const ended = new Promise((resolve) => harness.cluster.kubelet.containers.get(pod)?.once("end", resolve));
    await harness.restarted();
    await ended;
  });

  it("leaves nothing after clean-up, its token neither", async () => {
    const spec = setupSpec("true");
    await drain(harness.executor, await started(spec), 1);
    const [secret] = harness.cluster.store.list("secrets");
    const { token } = JSON.parse((secret?.stringData as Record<string, string>)["config.json"] ?? "{}");
    const ask = () => fetch(`${harness.settings.gatewayUrl}/attempt/base`, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    await harness.executor.cleanup(spec.name);
    expect((await ask()).status).toBe(401);
    expect(existsSync(join(harness.dataDir, "attempts", spec.name))).toBe(false);
    for (let tries = 0; tries < 300 && harness.cluster.store.list("pods").length > 0; tries += 1) await pause(10);
    for (const kind of ["jobs", "pods", "secrets"] as const) expect(harness.cluster.store.list(kind)).toEqual([]);
  });
});

describe("programs of the image", () => {
  const posted = () => harness.cluster.requests.filter((line) => line.startsWith("POST") && line.endsWith("/jobs"));

  it("are asked for with one Job, whoever asks", async () => {
    const asked = ["node", "no-such-program", "git", "it's"];
    const both = await Promise.all([harness.executor.programs?.(asked), harness.executor.programs?.(asked)]);
    expect(both).toEqual([new Set(["node", "git"]), new Set(["node", "git"])]);
    expect(posted()).toHaveLength(1);
    expect(harness.cluster.store.list("jobs")).toEqual([]);
    expect(await readdir(join(harness.dataDir, "attempts"))).toEqual([]);
  });

  it("are asked for again where no answer came", async () => {
    harness.cluster.failNext("POST", /\/jobs$/, 403, { message: "jobs.batch is forbidden" });
    await expect(harness.executor.programs?.(["node"])).rejects.toThrow(/may not do that/);
    expect(await harness.executor.programs?.(["node"])).toEqual(new Set(["node"]));
  });
});
