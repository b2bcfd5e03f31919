import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import SqliteDatabase from "better-sqlite3";
import type { Problem } from "@/lib/protocol/http";
import { sampleLatency } from "./latency";
import type { FaultServer, Figures, Scenario, WatchedRun, World } from "./world";

const LOCK_MS = 3_000;
/** A server that waited for the lock itself would answer nothing until it is gone. */
const STALL_MS = 2_500;
const DISK_MB = 160;

/** Somebody else holds the database; the disk becomes full under the runs: time is lost, or a run, and it says so. */
export const storage: Scenario = {
  name: "storage",
  faults: "F7 F8",
  async run(world) {
    // Two servers that know nothing of each other.
    const [locked, full] = await Promise.all([lockedDatabase(world), fullDisk(world)]);
    return { ...locked, ...full };
  },
};

async function lockedDatabase(world: World): Promise<Figures> {
  const faults = await world.open();
  const run = await faults.watch(["script:edits", "script:tools", "script:tools"], { sockets: 2, streams: 1 });
  await run.socket.until(({ event }) => event.type === "text.delta", 30_000);
  const locks = world.short ? 1 : 3 * world.rounds;
  const latency = sampleLatency(faults.server.url, faults.api.headers);
  for (let lock = 0; lock < locks; lock += 1) {
    const other = new SqliteDatabase(join(faults.server.dataDir, "aideator.db"), { timeout: 10_000 });
    other.exec("BEGIN EXCLUSIVE");
    await wait(LOCK_MS);
    other.exec("COMMIT");
    other.close();
    await wait(world.random.between(100, 1_000));
  }
  const { p95, longest, failed, samples } = await latency.stop();
  await faults.judge(run, 90_000);
  const { jobs } = await faults.api.run(run.runId);
  for (const { state } of jobs) if (state !== "completed") world.blame(`a variation is ${state} after the database was locked`);
  if (longest > STALL_MS) world.blame(`the server stood still for ${longest} ms while the database was locked`);
  if (failed > 0) world.blame(`${failed} of ${samples} requests were not answered while the database was locked`);
  await faults.expectClean([run], 5_000);
  return { "times locked for 3 s": locks, "health while locked p95, ms": p95, "health while locked longest, ms": longest };
}

async function fullDisk(world: World): Promise<Figures> {
  const disk = await mkdtemp(join(tmpdir(), "aid-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MB}m`, "aideator-faults", disk], { stdio: "ignore" });
  } catch {
    await rm(disk, { recursive: true });
    world.say("  (the part with a full disk is skipped: only root can mount a small one)");
    return { "full disk": "skipped" };
  }
  world.atEnd(async () => {
    execFileSync("umount", ["--lazy", disk], { stdio: "ignore" });
    await rm(disk, { recursive: true, force: true });
  });
  // Below a folder of its own name: that is what tells its processes from others.
  const dataDir = join(disk, `data-${disk.slice(-6)}`);
  await mkdir(dataDir);
  const faults = await world.open({ env: { AIDEATOR_DATA_DIR: dataDir } });
  const run = await faults.watch(["script:tools", "script:endless"], { sockets: 1, streams: 1 });
  for (const variation of [0, 1])
    await run.socket.until((event) => event.variation === variation && event.event.type === "text.delta", 30_000);
  const filler = join(disk, "filler");
  await fill(filler);
  const latency = sampleLatency(faults.server.url, faults.api.headers);
  const asked = { github_url: (await setup(faults)).url, prompt: "x", line_up: [{ model: "demo" }] };
  const refused = await faults.api.call<Problem>("POST", "/runs", asked);
  if (refused.status !== 507) world.blame(`a new run on a full disk is answered ${refused.status}, not 507`);
  if (!/free space/i.test(refused.body.detail ?? "")) world.blame(`the refusal names no remedy: ${JSON.stringify(refused.body)}`);
  await wait(world.short ? 4_000 : 10_000);
  const { longest, failed } = await latency.stop();
  if (failed > 0) world.blame(`the server did not answer ${failed} times while its disk was full`);
  await rm(filler);
  const codes = await storageEnd(world, faults, run);
  if ((await faults.api.run(run.runId)).jobs[0]?.state !== "completed") await faults.api.retry(run.runId, 0);
  await faults.judge(run, 90_000);
  const { jobs } = await faults.api.run(run.runId);
  if (jobs[0]?.state !== "completed") world.blame(`the retry after space was freed is ${jobs[0]?.state}`);
  return { "ended over the full disk": codes, "health on a full disk longest, ms": longest };
}

/** Writes until there is no room for a single block. */
async function fill(path: string): Promise<void> {
  for (const size of [8_000_000, 100_000, 4_096]) {
    const part = Buffer.alloc(size, 1);
    for (;;) {
      try {
        await writeFile(path, part, { flag: "a" });
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOSPC") break;
        throw error;
      }
    }
  }
}

async function setup({ api }: FaultServer): Promise<{ url: string }> {
  const { body } = await api.call<{ sample_repository: { url: string } }>("GET", "/setup");
  return body.sample_repository;
}

/** The endless variation can only have ended over the disk; the run has, too. */
async function storageEnd(world: World, { api }: FaultServer, { runId }: WatchedRun): Promise<string> {
  try {
    await api.ended(runId, 60_000);
  } catch (error) {
    world.blame(`after the disk was full: ${String(error)}`);
  }
  const failures = (await api.log(runId)).flatMap(({ event }) => (event.type === "variation.failed" ? [event.failure] : []));
  const honest = failures.filter(({ code, remedy }) => ["storage", "resource_limit"].includes(code) && remedy !== "");
  if (honest.length === 0) world.blame(`no variation says that the disk was full: ${JSON.stringify(failures)}`);
  return failures.map(({ code }) => code).join(", ");
}
