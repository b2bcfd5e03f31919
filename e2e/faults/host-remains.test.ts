import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { joinCommand, probeCgroups } from "@/server/executors/local/cgroup";
import { groupPrefix } from "@/server/executors/local/resource-limits";
import { clearHost, groupsOf, processesOf, remainsOf } from "./host-remains";

const ATTEMPT = "agent-hostremains0000-0";
const folders: string[] = [];
const started: ChildProcess[] = [];
const host = await probeCgroups();

/** A data folder with one attempt that has a folder, a control group where one can be made, and a process in it. */
async function occupy(): Promise<{ dataDir: string; child: ChildProcess }> {
  const dataDir = await mkdtemp(join(tmpdir(), "aid-"));
  folders.push(dataDir);
  await mkdir(join(dataDir, "attempts", ATTEMPT), { recursive: true });
  const group = await host?.create(groupPrefix(dataDir) + ATTEMPT, { memoryBytes: 64 * 1_048_576, pids: 8 });
  // Nothing of it but its control group says whose it is, where there is one.
  const mark = host === undefined ? join(dataDir, "attempts", ATTEMPT) : "";
  const [command = "", ...args] = joinCommand(group?.procsFiles ?? [], ["/bin/sh", "-c", `echo there; read -r _ # ${mark}`]);
  const child = spawn(command, args, { cwd: "/", env: { NODE_ENV: "test" }, stdio: ["pipe", "pipe", "inherit"] });
  started.push(child);
  await once(child.stdout, "data");
  return { dataDir, child };
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
  for (const dataDir of folders.splice(0)) {
    await clearHost(dataDir);
    await rm(dataDir, { recursive: true });
  }
});

it("finds what belongs to one data folder, and clears that alone", async () => {
  const [one, two] = [await occupy(), await occupy()];
  const found = await processesOf(one.dataDir);
  expect(found.map(({ pid }) => pid)).toEqual([one.child.pid]);
  expect(found[0]?.attempts).toEqual([ATTEMPT]);
  const left = await remainsOf(one.dataDir, [ATTEMPT], 0);
  expect(left.filter((text) => text.startsWith("process "))).toHaveLength(1);
  expect(left.filter((text) => text.startsWith("the folder "))).toHaveLength(1);
  expect(left.some((text) => text.startsWith("control group "))).toBe(host !== undefined);

  const gone = once(one.child, "exit");
  await clearHost(one.dataDir);
  await gone;
  expect(await groupsOf(one.dataDir)).toEqual([]);
  expect((await processesOf(two.dataDir)).map(({ pid }) => pid)).toEqual([two.child.pid]);
  expect((await groupsOf(two.dataDir, [ATTEMPT])).length > 0).toBe(host !== undefined);
});
