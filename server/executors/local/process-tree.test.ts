import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { readProcessTree } from "./process-tree";

const MIB = 1_048_576;
const started: ChildProcess[] = [];

/** Starts a program in a group of its own and waits for its first output. */
async function start(argv: string[]): Promise<number> {
  const child = spawn(argv[0] ?? "", argv.slice(1), { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  if (child.stdout === null || child.pid === undefined) throw new Error("not started");
  await once(child.stdout, "data");
  return child.pid;
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.pid === undefined) continue;
    const gone = once(child, "exit");
    process.kill(-child.pid, "SIGKILL");
    await gone;
  }
});

describe.skipIf(process.platform !== "linux")("the processes of a sandbox", () => {
  it("are all descendants, with the memory that is their own", async () => {
    const grandchild = `globalThis.held = Buffer.alloc(${60 * MIB}, 1); process.send("there"); setInterval(() => 0, 1000)`;
    const parent = `
      globalThis.held = Buffer.alloc(${40 * MIB}, 1);
      const make = () => new Promise((done) => require("node:child_process")
        .spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: ["ignore", "ignore", "inherit", "ipc"] }).on("message", done));
      Promise.all([make(), make()]).then(() => console.log("ready"));`;
    const pid = await start([process.execPath, "-e", parent]);
    const tree = readProcessTree(pid);
    expect(tree.pids[0]).toBe(pid);
    expect(tree.pids).toHaveLength(3);
    expect(tree.rssBytes).toBeGreaterThan(160 * MIB);
    // Three times the 45 MB of Node.js's own program file would already be beyond this.
    expect(tree.rssBytes).toBeLessThan(160 * MIB + 3 * 45 * MIB);
  });

  it("are told apart from others, by numbers and not by names", async () => {
    const other = await start(["/bin/sh", "-c", "echo ready; sleep 60"]);
    const named = await start([process.execPath, "-e", `process.title = ") S 1 (x"; console.log("ready"); setInterval(() => 0, 1000)`]);
    const tree = readProcessTree(process.pid);
    expect(tree.pids).toEqual(expect.arrayContaining([process.pid, other, named]));
    expect(readProcessTree(named).pids).toEqual([named]);
    expect(readProcessTree(other).pids).not.toContain(named);
  });

  it("are none when it is gone", async () => {
    const child = spawn("/bin/true", { stdio: "ignore" });
    await once(child, "exit");
    expect(readProcessTree(child.pid ?? 0)).toEqual({ pids: [], rssBytes: 0 });
  });

  it("are found in one quick look when they are many", async () => {
    const pid = await start(["/bin/sh", "-c", "i=0; while [ $i -lt 200 ]; do sleep 60 & i=$((i+1)); done; echo ready; wait"]);
    const before = performance.now();
    const tree = readProcessTree(pid);
    expect(performance.now() - before).toBeLessThan(200);
    expect(tree.pids).toHaveLength(201);
  });
});
