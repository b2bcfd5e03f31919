import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { drain, executorContract } from "../executor.contract";
import { hostExecutorContract } from "../local/host-executor.contract";
import type { HostHarness } from "../local/local-harness";
import type { createContainerExecutor } from "./container-executor";
import { createContainerHarness, expectRefusal } from "./container-harness";
import { createEngineApi } from "./engine-api";
import { type EngineProgram, startEngine, type TestEngine } from "./test-engine";

const MB = 1024 * 1024;
/** For what engines do on a busy machine. */
const PATIENCE_MS = 30_000;

/** What must hold in containers of any engine. Left out, with the reason, where it cannot be started. */
export async function containersContract(program: EngineProgram): Promise<void> {
  // One engine for all: to start it and to give it its image takes longer than most tests.
  const started = await startEngine(program);
  const engine = started as TestEngine;
  const absent = typeof started === "string" ? started : undefined;
  if (absent !== undefined) process.stdout.write(`Tests of containers are left out: ${absent}\n`);
  afterAll(() => (absent === undefined ? engine.dispose() : undefined));
  const containers = async (): Promise<unknown[]> =>
    (await createEngineApi(engine.socketPath).call("GET", "/containers/json", { query: { all: "true" } })) as unknown[];

  describe.skipIf(absent !== undefined)(`containers of ${program.name}`, () => {
    executorContract("container", () => createContainerHarness(engine));
    hostExecutorContract("container", () => createContainerHarness(engine), [0, 60, 150, 300, 600]);

    describe("container executor", () => {
      let harness: HostHarness | undefined;
      afterEach(async () => {
        await harness?.dispose();
        harness = undefined;
        expect(await containers()).toEqual([]);
      });

      async function run(prompt: string, limits = {}) {
        harness = await createContainerHarness(engine, limits);
        const spec = harness.spec(`js export default async ({ print, pause }) => {
        const fs = await import("node:fs"); const { spawn, spawnSync } = await import("node:child_process"); ${prompt} }`);
        await harness.executor.prepare(spec);
        const items = await drain(harness.executor, await harness.executor.start(spec), 1);
        return { exit: items.at(-1), lines: items.flatMap((item) => (item.type === "line" ? [item.line.text] : [])) };
      }
      const failed = (code: string) => ({ type: "exit", exit: { kind: "failed", failure: { code } } });

      it("says what is in force, having tried it", async () => {
        harness = await createContainerHarness(engine, {}, true);
        // Waits for the engine, however slow this machine is at the moment.
        await harness.executor.programs?.(["git"]);
        const report = await harness.executor.report();
        expect(report).toMatchObject({
          isolated: true,
          summary: expect.stringMatching(new RegExp(`^${program.name} \\d.* · no network · own processes · read-only root$`)),
        });
        // Without control groups nothing but the processor is left unbounded.
        const free = report.measures.some(({ name, how }) => name === "memory" && how.includes("looked at")) ? ["processor"] : [];
        expect(report.measures.flatMap(({ inForce, name }) => (inForce ? [] : [name]))).toEqual(free);
        expect(await harness.executor.programs?.(["git", "node", "no-such-program"])).toEqual(new Set(["git", "node"]));
      });

      it("ends a container that takes more memory than it may, and says so", async ({ skip }) => {
        harness = await createContainerHarness(engine, {}, true);
        // Waits for the engine, however slow this machine is at the moment.
        await harness.executor.programs?.(["git"]);
        const memory = (await harness.executor.report()).measures.find(({ name }) => name === "memory");
        skip(memory?.inForce !== true, `memory cannot be bounded here: ${memory?.how}`);
        await harness.dispose();
        const { exit } = await run(
          `print("begins"); const all = []; for (;;) { all.push(Buffer.alloc(20 * 1024 * 1024, 1)); await pause(5); }`,
          {
            memoryBytes: 300 * MB,
          },
        );
        expect(exit).toMatchObject(failed("out_of_memory"));
      });

      it("holds a fork bomb, ends it, and says so", async () => {
        const { exit } = await run(
          `spawn("bash", ["-c", "bomb() { bomb | bomb & }; bomb; sleep 60"], { stdio: "ignore" }); await pause(60_000);`,
          {
            processes: 60,
          },
        );
        expect(exit).toMatchObject(failed("resource_limit"));
      }, 60_000);

      it("ends a container that fills the disk, and one file is never larger than it may be", async () => {
        const { exit, lines } = await run(
          `spawnSync("head", ["-c", "20000000", "/dev/zero"], { stdio: ["ignore", fs.openSync("large", "w"), "ignore"] });
         print(String(fs.statSync("large").size));
         for (let n = 0; ; n += 1) { fs.writeFileSync("filler" + n, Buffer.alloc(8 * 1024 * 1024, n)); await pause(50); if (n > 300) return; }`,
          { diskBytes: 80 * MB, fileBytes: 10 * MB },
        );
        expect(exit).toMatchObject(failed("resource_limit"));
        expect(lines).toEqual([String(10 * MB)]);
      });

      it("ends an agent that hangs without a word", async () => {
        const { exit } = await run(`print("begins"); await pause(60_000);`, { idleMs: 1_500 });
        expect(exit).toMatchObject(failed("timeout"));
      });

      it("refuses what only an attack on the kernel needs", async () => {
        const { lines } = await run(
          `const can = (...argv) => spawnSync(argv[0], argv.slice(1), { stdio: "ignore" }).status === 0;
         print(JSON.stringify({ mount: can("mount", "-t", "tmpfs", "none", "/tmp"),
           seccomp: /Seccomp:\\s*(\\d)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1], node: can(process.execPath, "-e", "0"), git: can("git", "--version") }));
         try { fs.writeFileSync("/dev/shm/much", Buffer.alloc(300 * 1024 * 1024)); print("wrote"); } catch (error) { print(error.code); }`,
        );
        expect(JSON.parse(lines[0] ?? "")).toEqual({ mount: false, seccomp: "2", node: true, git: true });
        expect(lines[1]).toBe("ENOSPC");
      });

      it("has the token in no list of processes and in no label", async () => {
        harness = await createContainerHarness(engine);
        const spec = harness.spec("endless");
        await harness.executor.prepare(spec);
        const ref = await harness.executor.start(spec);
        for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
          if (item.type !== "line" || item.line.line !== 1) continue;
          const commands = execFileSync("bash", ["-c", "cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' '; true"], { encoding: "utf8" });
          expect(commands).not.toContain(spec.token);
          expect(JSON.stringify(await containers())).not.toContain(spec.token);
          await harness.executor.stop(ref);
        }
      });

      it("sets a project up with its proxy as the only way out, and gives each tree a copy of its own", async () => {
        harness = await createContainerHarness(engine);
        const { executor, dataDir } = harness;
        const proxyFolder = join(dataDir, "proxy");
        mkdirSync(proxyFolder);
        const proxy = createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\nproxied"))).listen(
          join(proxyFolder, "proxy.sock"),
        );
        await once(proxy, "listening");
        chmodSync(join(proxyFolder, "proxy.sock"), 0o666);
        const ask = `node -e 'const [, host, port] = /\\/\\/(.*):(.*)$/.exec(process.env.http_proxy);
        require("node:net").connect(port, host).once("data", (data) => console.log(String(data).slice(-7))).write("GET")'`;
        const keep = { named: ["node_modules"], tree: [], home: [] };
        const command = `mkdir node_modules && echo made > node_modules/x && ${ask} && mkdir /tmp/reports && echo one > /tmp/reports/r.txt`;
        const { mirrorPath, baseCommit } = harness.spec("");
        const setup = {
          command,
          variables: {},
          proxySocket: join(proxyFolder, "proxy.sock"),
          shown: [],
          keep,
          reports: "/tmp/reports",
          minutes: 1,
        };
        const spec = { name: "agent-setup-test", mirrorPath, baseCommit, setup };
        try {
          await executor.prepare(spec);
          const items = await drain(executor, await executor.start(spec), 1);
          expect(items.at(-1)).toEqual({ type: "exit", exit: { kind: "exited", code: 0 } });
          expect(JSON.stringify(items)).toContain("proxied");
          expect(String((await executor.reports?.(spec))?.get("r.txt"))).toBe("one\n");
          const dependencies = join(dataDir, "kept");
          mkdirSync(dependencies, { mode: 0o755 });
          expect(await executor.keep?.(spec, dependencies)).toEqual(["node_modules"]);
          await executor.cleanup(spec.name);
          const prompt = `js export default async ({ print }) => { const fs = await import("node:fs"); print(fs.readFileSync("node_modules/x", "utf8").trim());
          fs.writeFileSync("node_modules/x", "changed"); }`;
          const environment = { dependencies, variables: {}, path: [] };
          for (let times = 0; times < 2; times += 1) {
            const attempt = { ...harness.spec(prompt), environment };
            await executor.prepare(attempt);
            const [first] = await drain(executor, await executor.start(attempt), 1);
            expect(first).toMatchObject({ line: { text: "made" } });
            expect((await executor.collect(attempt, { final: true })).commit).toBe(baseCommit);
          }
        } finally {
          proxy.close();
        }
      }, 60_000);

      it("lists by attempt what a crash left behind, and removes it", async () => {
        harness = await createContainerHarness(engine);
        const spec = harness.spec("endless");
        await harness.executor.prepare(spec);
        await harness.executor.start(spec);
        const shim = JSON.parse(readFileSync(join(harness.dataDir, "attempts", spec.name, "shim.json"), "utf8")) as {
          shim: { pid: number };
        };
        const { groups } = harness.restarted() as ReturnType<typeof createContainerExecutor>;
        await expect.poll(() => groups.list(), { timeout: PATIENCE_MS }).toEqual([spec.name]);
        process.kill(shim.shim.pid, "SIGKILL");
        await groups.remove(spec.name);
        // A start that was under way when its shim died may still have been with the engine.
        await expect
          .poll(
            async () => {
              await groups.remove(spec.name);
              return groups.list();
            },
            { timeout: PATIENCE_MS },
          )
          .toEqual([]);
      }, 60_000);

      it("asks the image undisturbed by a clean-up, which removes what a crash left of that", async () => {
        harness = await createContainerHarness(engine);
        const { programs, groups } = harness.executor as ReturnType<typeof createContainerExecutor>;
        const asked = async (name: string): Promise<Set<string>> => {
          let isAnswered = false;
          // So many that it takes a while.
          const names = Array.from({ length: 20_000 }, (_, at) => `no-such-program-${at}`);
          const answer = programs([...names, name]).finally(() => (isAnswered = true));
          answer.catch(() => undefined);
          while (!isAnswered) {
            for (const left of await groups.list()) await groups.remove(left);
            await pause(20);
          }
          return answer;
        };
        expect(await asked("node")).toEqual(new Set(["node"]));
        const later = Date.now() + 10 * 60_000;
        const clock = vi.spyOn(Date, "now").mockReturnValue(later);
        await expect(asked("git").finally(() => clock.mockRestore())).rejects.toThrow();
      }, 120_000);

      it("tells how an agent ended whose engine is away, and removes its container once it is back", async () => {
        harness = await createContainerHarness(engine);
        const { executor } = harness;
        const spec = harness.spec("endless");
        await executor.prepare(spec);
        const ref = await executor.start(spec);
        await expect.poll(containers, { timeout: PATIENCE_MS }).toHaveLength(1);
        engine.stop();
        try {
          await executor.stop(ref);
          expect((await drain(executor, ref, 1)).at(-1)).toMatchObject({ type: "exit", exit: { kind: "failed" } });
        } finally {
          await engine.start();
        }
        await expect.poll(containers, { timeout: PATIENCE_MS }).toEqual([]);
      }, 120_000);

      it("says when the engine is away and what that did to an agent at work, and goes on when it is back", async () => {
        harness = await createContainerHarness(engine);
        const { executor } = harness;
        const cut = harness.spec("endless");
        await executor.prepare(cut);
        const ref = await executor.start(cut);
        const items: string[] = [];
        for await (const item of executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
          if (item.type === "exit")
            expect(item).toMatchObject({ exit: { kind: "failed", failure: { code: "sandbox", remedy: expect.any(String) } } });
          if (items.push(item.type) !== 3) continue;
          engine.stop();
          try {
            expect(await executor.report()).toMatchObject({ isolated: false, remedy: "Start it again." });
          } finally {
            await engine.start();
          }
        }
        expect(items.at(-1)).toBe("exit");
        await expect.poll(async () => (await executor.report()).isolated, { timeout: PATIENCE_MS }).toBe(true);
        const spec = harness.spec("lines 3");
        await executor.prepare(spec);
        expect(await drain(executor, await executor.start(spec), 1)).toHaveLength(4);
      }, 120_000);

      it("works in what the image's name stands for by now", async () => {
        const api = createEngineApi(engine.socketPath);
        await api.call("POST", `/images/${encodeURIComponent(engine.image)}/tag`, { query: { repo: "localhost/aid-renewed", tag: "1" } });
        harness = await createContainerHarness({ ...engine, image: "localhost/aid-renewed:1" });
        const { executor } = harness;
        const image = async () => (await executor.report()).measures.find(({ name }) => name === "image")?.how;
        // First: it waits until the image has been tried out, which the report does not.
        const built = await executor.image?.();
        const before = await image();
        const { Id } = (await api.call("POST", "/containers/create", { body: { Image: engine.image, Cmd: ["true"] } })) as { Id: string };
        const query = { container: Id, repo: "localhost/aid-renewed", tag: "1", comment: "renewed" };
        await api.call("POST", "/commit", { query, body: { Labels: { renewed: "yes" } } });
        await api.call("DELETE", `/containers/${Id}`);
        await expect.poll(image, { timeout: PATIENCE_MS, interval: 500 }).not.toBe(before);
        // What was installed in the one before may not fit.
        expect(await executor.image?.()).not.toBe(built);
        const spec = harness.spec("lines 1");
        await executor.prepare(spec);
        expect(await drain(executor, await executor.start(spec), 1)).toHaveLength(2);
      }, 60_000);
    });

    it("names the image that is missing, and where to set another", async () => {
      await expectRefusal({ sockets: [engine.socketPath], image: "localhost/no-such-image:1" }, /no-such-image.*AIDEATOR_AGENT_IMAGE/s);
    });
  });
}
