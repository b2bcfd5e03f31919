import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drain } from "../executor.contract";
import type { HostHarness } from "./local-harness";

/** For what processes do on a busy machine. */
const PATIENCE_MS = 20_000;

/**
 * What every executor must do whose trees lie on this server's disk, beside `executor.contract.ts`. `moments`: ms after the start at which a
 * shim is killed, spread over what a start takes.
 */
export function hostExecutorContract(name: string, create: () => Promise<HostHarness>, moments: number[]): void {
  describe(`attempts on this disk: ${name}`, () => {
    let harness: HostHarness;
    beforeEach(async () => {
      harness = await create();
    });
    afterEach(() => harness.dispose());

    async function run(prompt: string) {
      const spec = harness.spec(prompt);
      await harness.executor.prepare(spec);
      const ref = await harness.executor.start(spec);
      const items = await drain(harness.executor, ref, 1);
      const lines = items.flatMap((item) => (item.type === "line" ? [item.line.text] : []));
      return { spec, ref, lines, exit: items.at(-1) };
    }

    /** Unpacks a collected tree into a repository of its own and lists it. */
    async function collected(spec: Parameters<typeof harness.executor.collect>[0]) {
      const tree = await harness.executor.collect(spec, { final: true });
      const repository = join(harness.dataDir, `import-${Date.now()}.git`);
      execFileSync("git", ["init", "-q", "--bare", repository]);
      execFileSync("sh", ["-c", `echo ${harness.mirror}/objects > ${repository}/objects/info/alternates`]);
      if (tree.packFile !== undefined) {
        execFileSync("git", ["--git-dir", repository, "index-pack", "--stdin", "--fix-thin", "--strict"], {
          input: readFileSync(tree.packFile),
        });
      }
      const git = (...args: string[]): string =>
        execFileSync("git", ["-c", "core.quotePath=false", "--git-dir", repository, ...args], { encoding: "utf8" });
      return { ...tree, git };
    }

    it("shows the agent its tree, its home and nothing else of the host", async () => {
      const { lines } = await run(
        `js export default async ({ print }) => {
      const fs = await import("node:fs"); const os = await import("node:os");
      const seen = (path) => { try { return fs.readdirSync(path).length } catch (error) { return error.code } };
      print(JSON.stringify({ cwd: process.cwd(), tree: fs.readdirSync(".").sort(), uid: process.getuid(), root: seen("/root"), host: seen(${JSON.stringify("@DATA@")}),
        home: os.homedir(), net: Object.keys(os.networkInterfaces()), env: Object.keys(process.env).sort(), pids: fs.readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length,
        token: process.env.AIDEATOR_TOKEN }));
      for (const path of ["/etc/written", "/usr/written", "/mirror/written", "/opt/aideator/agent.mjs"]) try { fs.writeFileSync(path, "x"); print("wrote " + path) } catch {}
      fs.writeFileSync("/workspace/new.txt", "x"); fs.writeFileSync(os.homedir() + "/x", "x"); fs.writeFileSync("/tmp/x", "x");
    }`.replace("@DATA@", harness.dataDir),
      );
      const seen = JSON.parse(lines[0] ?? "") as Record<string, unknown>;
      expect(seen).toMatchObject({ cwd: "/workspace", home: "/home/agent", root: "ENOENT", host: "ENOENT", token: harness.token });
      expect(seen.tree).toEqual([".git", "a file.txt", "ümläut"]);
      expect(seen.uid).not.toBe(0);
      expect((seen.net as string[]).filter((name) => name !== "lo")).toEqual([]);
      expect((seen.env as string[]).filter((name) => name.startsWith("AIDEATOR"))).toEqual([
        "AIDEATOR_ENVIRONMENT",
        "AIDEATOR_GATEWAY",
        "AIDEATOR_TASK",
        "AIDEATOR_TOKEN",
      ]);
      expect(seen.pids).toBeLessThan(6);
      expect(lines.slice(1)).toEqual([]);
    });

    it("reaches the gateway's socket and no port of the host", async () => {
      const { lines } = await run(`js export default async ({ print }) => {
      const net = await import("node:net");
      const ask = (where) => new Promise((resolve) => { const socket = net.connect(where); let text = "";
        socket.on("data", (data) => (text += data)); socket.on("end", () => resolve(text)); socket.on("error", (error) => resolve(error.code)); });
      print(await ask(process.env.AIDEATOR_GATEWAY.slice(5)));
      print(await ask({ host: "127.0.0.1", port: 22 })); print(await ask({ host: "1.1.1.1", port: 53 }));
    }`);
      expect(lines[0]).toBe("gateway says hello");
      expect(lines[1]).toBe("ECONNREFUSED");
      expect(lines[2]).toBe("ENETUNREACH");
    });

    it("takes the whole tree: new, changed, deleted, renamed, executable, linked, nested, oddly named", async () => {
      const { spec } = await run(`js export default async () => {
      const fs = await import("node:fs"); const { execFileSync: run } = await import("node:child_process");
      fs.writeFileSync("new file ü.txt", "new"); fs.appendFileSync("a file.txt", "more\\r\\n"); fs.rmSync("ümläut/日本.txt");
      fs.writeFileSync("tool.sh", "#!/bin/sh\\n", { mode: 0o755 }); fs.symlinkSync("/etc/passwd", "link"); fs.writeFileSync("binary", Buffer.from([0, 1, 2, 255]));
      fs.mkdirSync("inner/deep", { recursive: true }); fs.writeFileSync("inner/deep/kept.txt", "kept"); run("git", ["init", "-q", "inner"]);
      fs.writeFileSync(".gitignore", "ignored\\n"); fs.writeFileSync("ignored", "x"); fs.writeFileSync("line\\nbreak", "x");
      run("git", ["add", "-A", "--", "tool.sh"]); run("git", ["commit", "-qm", "the agent commits"]);
    }`);
      const taken = await collected(spec);
      const listed = taken.git("ls-tree", "-r", "-z", "--format=%(objectmode) %(path)", taken.commit).split("\0").filter(Boolean).sort();
      expect(listed).toEqual(
        [
          "100644 .gitignore",
          "100644 a file.txt",
          "100644 binary",
          "100644 inner/deep/kept.txt",
          '100644 "line\\nbreak"',
          "100644 new file ü.txt",
          "100755 tool.sh",
          "120000 link",
        ].sort(),
      );
      expect(taken.git("cat-file", "blob", `${taken.commit}:a file.txt`)).toBe("one\nmore\r\n");
      expect(taken.git("rev-parse", `${taken.commit}^`).trim()).toBe(harness.base);
      expect(taken.warnings).toEqual([expect.stringContaining("inner")]);
    });

    it("names what it leaves out of a snapshot, and opens at the end what the agent shut", async () => {
      const { spec } = await run(`js export default async () => {
      const fs = await import("node:fs"); const { execFileSync: run } = await import("node:child_process");
      run("mkfifo", ["pipe"]); run("truncate", ["-s", "2G", "big file.bin"]); run("truncate", ["-s", "200M", "ignored.bin"]); fs.writeFileSync(".gitignore", "ignored.bin\\n");
      fs.mkdirSync("shut/deep", { recursive: true }); fs.writeFileSync("shut/deep/file", "kept"); fs.writeFileSync("shut.txt", "kept too");
      fs.chmodSync("shut.txt", 0); fs.chmodSync("shut/deep", 0o111); fs.chmodSync("shut", 0); fs.rmSync(".git", { recursive: true }); fs.symlinkSync("/", "root");
    }`);
      const working = await harness.executor.collect(spec, { final: false });
      expect(working.warnings.sort()).toEqual([
        "big\\ file.bin is larger than 100 MB and is not part of the snapshot.",
        "pipe is a pipe, socket or device and is not part of the snapshot.",
        "shut cannot be read and is missing from the snapshot.",
        "shut.txt cannot be read and is missing from the snapshot.",
      ]);
      const taken = await collected(spec);
      expect(taken.warnings).toHaveLength(2);
      const listed = taken.git("ls-tree", "-r", "--name-only", taken.commit).trim().split("\n");
      expect(listed).toEqual([".gitignore", "a file.txt", "root", "shut.txt", "shut/deep/file", "ümläut/日本.txt"]);
      expect(taken.git("cat-file", "blob", `${taken.commit}:shut/deep/file`)).toBe("kept");
    });

    it("says that nothing changed", async () => {
      const { spec } = await run("lines 1");
      expect(await harness.executor.collect(spec, { final: true })).toEqual({ commit: harness.base, warnings: [], complete: true });
    });

    it("goes on with a running agent after a restart of the server, and loses nothing", async () => {
      const spec = harness.spec(
        "js export default async ({ print, pause }) => { for (let n = 1; n <= 30; n += 1) { print(String(n)); await pause(20); } }",
      );
      await harness.executor.prepare(spec);
      const ref = await harness.executor.start(spec);
      const leave = new AbortController();
      const seen: string[] = [];
      for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: leave.signal })) {
        if (item.type === "line") seen.push(item.line.text);
        if (seen.length === 5) leave.abort();
      }
      const items = await drain(harness.restarted(), JSON.parse(JSON.stringify(ref)), seen.length + 1);
      for (const item of items) if (item.type === "line") seen.push(item.line.text);
      expect(seen).toEqual(Array.from({ length: 30 }, (_, at) => String(at + 1)));
      expect(items.at(-1)).toEqual({ type: "exit", exit: { kind: "exited", code: 0 } });
    });

    it("ends the sandbox with its shim, and says that the attempt is lost", async () => {
      const spec = harness.spec("endless");
      await harness.executor.prepare(spec);
      const ref = await harness.executor.start(spec);
      const record = JSON.parse(readFileSync(join(harness.dataDir, "attempts", spec.name, "shim.json"), "utf8")) as {
        shim: { pid: number };
      };
      let killed = false;
      let last;
      for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
        if (!killed) process.kill(record.shim.pid, "SIGKILL");
        killed = true;
        last = item;
      }
      expect(last).toMatchObject({ type: "exit", exit: { kind: "failed", failure: { code: "lost" } } });
      expect(await harness.executor.alive(ref)).toBe(false);
      await expect.poll(() => processesOf(harness.dataDir, spec.name), { timeout: PATIENCE_MS }).toEqual([]);
    });

    it("leaves nothing of a sandbox whose shim is killed at any moment of its start", async () => {
      for (const moment of moments) {
        const spec = harness.spec("endless");
        await harness.executor.prepare(spec);
        const ref = await harness.executor.start(spec);
        const { shim } = JSON.parse(readFileSync(join(harness.dataDir, "attempts", spec.name, "shim.json"), "utf8")) as {
          shim: { pid: number };
        };
        await pause(moment);
        process.kill(shim.pid, "SIGKILL");
        const items = await drain(harness.executor, ref, 1);
        expect(items.at(-1)).toMatchObject({ type: "exit", exit: { kind: "failed", failure: { code: "lost" } } });
        // What was forked in that very moment ends by itself once it sees that it is alone.
        await expect
          .poll(() => processesOf(harness.dataDir, spec.name), { timeout: PATIENCE_MS, message: `killed after ${moment} ms` })
          .toEqual([]);
      }
    });

    it("takes daemons along that ignore signals and left their session", async () => {
      // No other test's on this machine.
      const daemon = `daemon-of-${basename(harness.dataDir)}`;
      const spec = harness.spec(`js export default async ({ print, pause }) => {
      const { spawn } = await import("node:child_process");
      for (let n = 0; n < 10; n += 1) spawn("setsid", ["bash", "-c", "trap '' TERM INT HUP; exec -a ${daemon} sleep 600"], { detached: true, stdio: "ignore" }).unref();
      print("ready"); await pause(600_000);
    }`);
      await harness.executor.prepare(spec);
      const ref = await harness.executor.start(spec);
      for await (const item of harness.executor.attach(ref, { fromLine: 1, signal: new AbortController().signal })) {
        if (item.type === "line" && item.line.text === "ready") {
          await expect.poll(() => processesNamed(daemon), { timeout: PATIENCE_MS }).toBe(10);
          await harness.executor.stop(ref);
        }
      }
      await expect.poll(() => processesNamed(daemon), { timeout: PATIENCE_MS }).toBe(0);
    });

    it("keeps output that is no text, cut in mid-character or endless, within bounds", async () => {
      const { lines } = await run(`js export default async ({ pause }) => {
      const fs = await import("node:fs"); const write = (data) => fs.writeSync(1, data);
      const euro = Buffer.from("€\\n"); write(euro.subarray(0, 1)); await pause(50); write(euro.subarray(1));
      write(Buffer.from([0xff, 0xfe, 0x00, 0x0a])); for (let n = 0; n < 30; n += 1) write("x".repeat(100_000)); write("\\n");
      fs.writeSync(2, "to stderr\\n"); await pause(50); write("no end of line");
    }`);
      // Lines of one stream keep their order; what the other stream says may come before the end of an endless line.
      const complaint = '{"type":"log.line","stream":"stderr","text":"to stderr"}';
      expect(lines.filter((line) => line === complaint)).toHaveLength(1);
      const output = lines.filter((line) => line !== complaint);
      expect(output[0]).toBe("€");
      expect(output[1]).toBe("\ufffd\ufffd\0");
      expect(output[2]).toHaveLength(1_000_000);
      expect(JSON.parse(output[3] ?? "")).toEqual({ type: "output.truncated", droppedBytes: 2_000_000, limitBytes: 1_000_000 });
      expect(output.at(-1)).toBe("no end of line");
    });

    it("removes everything of an attempt", async () => {
      const { spec } = await run(
        "js export default async () => { const fs = await import('node:fs'); fs.mkdirSync('locked'); fs.writeFileSync('locked/x', ''); fs.chmodSync('locked', 0); }",
      );
      await harness.executor.cleanup(spec.name);
      expect(readdirSync(join(harness.dataDir, "attempts"))).toEqual([]);
    });
  });
}

function processes(): { pid: string; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, "utf8") }];
      } catch {
        return [];
      }
    });
}

const processesNamed = (name: string): number => processes().filter(({ command }) => command.startsWith(`${name}\0`)).length;
const processesOf = (dataDir: string, attempt: string): string[] =>
  processes().flatMap(({ command }) => (command.includes(`${dataDir}/attempts/${attempt}`) ? [command] : []));
