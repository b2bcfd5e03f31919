import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type CgroupHost, type CgroupLimits, joinCommand, probeCgroups, readCount } from "./cgroup";
import { runProgram } from "./run-program";

const MIB = 1_048_576;
const host = await probeCgroups();
const memoryHost = host?.controllers.includes("memory") ? host : undefined;
const pidsHost = host?.controllers.includes("pids") ? host : undefined;

const limits: CgroupLimits = { memoryBytes: 128 * MIB, pids: 40, cpuShares: 512 };
const name = `test-${process.pid}`;
const started: ChildProcess[] = [];

async function startIn(used: CgroupHost, script: string, wanted = limits): Promise<{ child: ChildProcess; forksFile?: string }> {
  const group = await used.create(name, wanted);
  const [command = "", ...args] = joinCommand(group.procsFiles, [process.execPath, "-e", script]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  return { child, forksFile: group.forksFile };
}

afterEach(async () => {
  await host?.kill(name);
  await host?.remove(name);
  for (const child of started.splice(0)) if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
});

const why = (what: string): string => `${what}${pidsHost === undefined ? " (skipped: no group for processes can be made here)" : ""}`;

describe.skipIf(memoryHost === undefined)(
  `memory${memoryHost === undefined ? " (skipped: the memory group of this process was not handed over)" : ""}`,
  () => {
    it("ends a process that takes too much, and counts it", async () => {
      const used = memoryHost as CgroupHost;
      // Ends by itself at 512 MiB, so that a limit that is not in force fails the test and not the machine.
      const { child } = await startIn(
        used,
        `globalThis.held = []; for (let i = 0; i < 32; i++) held.push(Buffer.alloc(${16 * MIB}, 1)); console.log("alive")`,
      );
      const [, signalName] = await once(child, "exit");
      expect(signalName).toBe("SIGKILL");
      expect(await used.oomKills(name)).toBeGreaterThan(0);
      expect(readCount((await used.create(name, limits)).oomFile ?? "", "oom_kill")).toBeGreaterThan(0);
    });
  },
);

describe.skipIf(pidsHost === undefined)(why("processes"), () => {
  const used = pidsHost as CgroupHost;
  // Not endless, so that a limit that is not in force fails the test and not the machine.
  const bomb = `
    const { spawn } = require("node:child_process");
    let refused = 0;
    for (let i = 0; i < 120; i++) {
      const child = spawn("/bin/sh", ["-c", "sleep 60 & sleep 60"], { stdio: "ignore", detached: true });
      child.on("error", () => { refused += 1; });
      child.unref();
    }
    setTimeout(() => console.log(refused), 500); setInterval(() => 0, 1000);`;

  it("are held at the limit, and refusals are counted", async () => {
    const { child, forksFile } = await startIn(used, bomb);
    const [refused] = await once(child.stdout ?? child, "data");
    expect(Number(refused)).toBeGreaterThan(60);
    const inside = await used.processes(name);
    expect(inside.length).toBeGreaterThan(5);
    expect(inside.length).toBeLessThanOrEqual(limits.pids);
    expect(await used.refusedForks(name)).toBeGreaterThan(60);
    expect(readCount(forksFile ?? "", "max")).toBe(await used.refusedForks(name));
  });

  it("are all ended, those in sessions of their own included, and the group takes no more", async () => {
    const { child } = await startIn(used, bomb);
    await once(child.stdout ?? child, "data");
    const before = await used.processes(name);
    await used.kill(name);
    expect(await used.processes(name)).toEqual([]);
    for (const pid of before) expect(await isRunning(pid)).toBe(false);
  });

  it("are ended even while they multiply", async () => {
    const { child } = await startIn(
      used,
      `const { spawn } = require("node:child_process"); console.log("go");
       setInterval(() => { const c = spawn("/bin/sh", ["-c", "sleep 60 & sleep 60 & sleep 60"], { detached: true, stdio: "ignore" });
       c.on("error", () => 0); }, 1)`,
    );
    await once(child.stdout ?? child, "data");
    await pause(100);
    await used.kill(name);
    await pause(50);
    expect(await used.processes(name)).toEqual([]);
  });

  it("leave nothing behind once the group is removed", async () => {
    await used.create(name, limits);
    expect(await used.list()).toContain(name);
    await used.remove(name);
    await used.remove(name);
    expect(await used.list()).not.toContain(name);
    expect(await used.processes(name)).toEqual([]);
    expect(await used.refusedForks(name)).toBe(0);
    expect(await used.oomKills(name)).toBe(0);
  });

  it("are not let in without a group, nor into one with a strange name", async () => {
    const { code, stdout } = await runProgram(joinCommand([join(tmpdir(), "no-such-group", "cgroup.procs")], ["/bin/echo", "ran"]), {
      env: {},
      timeoutMs: 5_000,
    });
    expect({ code, stdout }).toEqual({ code: 125, stdout: "" });
    for (const strange of ["../other", "", "a/b", "."]) await expect(used.create(strange, limits)).rejects.toThrow("not a name");
  });
});

describe("joining", () => {
  it("keeps arguments as they are and needs no environment", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aideator-join-"));
    try {
      const files = [join(folder, "a b"), join(folder, "c'd")];
      const words = ["", "a b", "$HOME", "'\"", "--"];
      const script = "process.stdout.write(JSON.stringify(process.argv.slice(1)))";
      const result = await runProgram(joinCommand(files, [process.execPath, "-e", script, "--", ...words]), { env: {}, timeoutMs: 10_000 });
      expect(JSON.parse(result.stdout)).toEqual(words);
      for (const file of files) expect(await readFile(file, "utf8")).toBe("0\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("version 2", () => {
  const roots: string[] = [];
  afterAll(async () => {
    for (const root of roots) await rm(root, { recursive: true, force: true });
  });
  const group = { "memory.max": "max", "memory.swap.max": "max", "memory.events": "low 0\noom 4\noom_kill 3\n", "pids.max": "max" };
  const files = { ...group, "pids.events": "max 7\n", "cpu.weight": "100", "cgroup.procs": "", "cgroup.kill": "" };

  /** Folders with the files of a kernel; a new group gets them too. */
  async function imitate(offered: string, newFiles: Record<string, string> = files) {
    const root = await mkdtemp(join(tmpdir(), "aideator-cgroup-"));
    roots.push(root);
    const fill = async (path: string, what: Record<string, string>): Promise<void> => {
      await mkdir(path);
      for (const [file, text] of Object.entries(what)) await writeFile(join(path, file), text);
    };
    await writeFile(join(root, "cgroup.controllers"), "cpu memory pids");
    await fill(join(root, "service"), { "cgroup.controllers": offered, "cgroup.subtree_control": offered });
    await fill(join(root, "service", "server"), { "cgroup.controllers": "", "cgroup.procs": "1\n" });
    const folders = {
      make: (path: string) => fill(path, newFiles),
      remove: (path: string) => access(path).then(() => rm(path, { recursive: true })),
    };
    const text = async (file: string) => (await readFile(join(root, "service", "aideator-run1", file), "utf8")).trim();
    return { root, folders, text, membership: "1:name=systemd:/x\n0::/service/server\n" };
  }

  it("removes the groups of servers that were killed while they probed, and no young ones", async () => {
    const { root, ...options } = await imitate("cpu memory pids");
    const [old, young, other] = ["aideator-probe-old", "aideator-probe-young", "aideator-run1"].map((group) =>
      join(root, "service", group),
    );
    for (const path of [old, young, other]) await mkdir(path ?? "");
    for (const path of [old, other]) await utimes(path ?? "", new Date(), new Date(Date.now() - 61_000));
    await probeCgroups({ root, ...options, delegated: true });
    expect(
      ["aideator-probe-old", "aideator-probe-young", "aideator-run1"].map((group) => existsSync(join(root, "service", group))),
    ).toEqual([false, true, true]);
  });

  it("puts groups beside the server's own, which holds processes, and sets every limit", async () => {
    const { text, ...options } = await imitate("cpu memory pids");
    const v2 = await probeCgroups({ ...options, delegated: true });
    expect(v2).toMatchObject({ version: 2, controllers: ["memory", "pids", "cpu"] });
    expect(await v2?.list()).toEqual([]);
    const made = await v2?.create("run1", { memoryBytes: 5_000, pids: 9, cpuShares: 262_144 });
    expect(made?.procsFiles).toEqual([join(options.root, "service", "aideator-run1", "cgroup.procs")]);
    expect(await text("memory.max")).toBe("5000");
    expect(await text("memory.swap.max")).toBe("0");
    expect(await text("pids.max")).toBe("9");
    expect(await text("cpu.weight")).toBe("10000");
    expect(await v2?.oomKills("run1")).toBe(3);
    expect(await v2?.refusedForks("run1")).toBe(7);
    expect(readCount(made?.oomFile ?? "", "oom_kill")).toBe(3);
    expect(await v2?.list()).toEqual(["run1"]);
    await v2?.kill("run1");
    expect(await text("cgroup.kill")).toBe("1");
    await v2?.remove("run1");
    expect(await v2?.list()).toEqual([]);
  });

  it("does without swap and processor files, never without memory or processes", async () => {
    const { "memory.swap.max": _swap, "cpu.weight": _weight, ...few } = files;
    const frugal = await imitate("memory pids", few);
    expect((await probeCgroups({ ...frugal, delegated: true }))?.controllers).toEqual(["memory", "pids"]);
    const { "memory.max": _max, ...unlimited } = files;
    expect(await probeCgroups({ ...(await imitate("cpu memory pids", unlimited)), delegated: true })).toBeUndefined();
    const partial = await imitate("cpu pids");
    expect(await probeCgroups({ ...partial, delegated: true })).toBeUndefined();
  });

  it.runIf(process.getuid?.() === 0)("is left alone by root where nobody handed it over", async () => {
    expect(await probeCgroups(await imitate("cpu memory pids"))).toBeUndefined();
  });

  it("leaves nothing behind when a limit cannot be set", async () => {
    const options = await imitate("cpu memory pids");
    const v2 = await probeCgroups({ ...options, delegated: true });
    const { "pids.max": _pids, ...lacking } = files;
    Object.assign(options.folders, { make: (await imitate("", lacking)).folders.make });
    await expect(v2?.create("run1", limits)).rejects.toThrow("pids.max");
    expect(await v2?.list()).toEqual([]);
  });
});

async function isRunning(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return text !== "" && !/\) [ZX] /.test(text);
}
