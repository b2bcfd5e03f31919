import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import type { AttachItem } from "../executor";
import { drain } from "../executor.contract";
import type { SandboxLimits } from "./attempt-files";
import { createLocalHarness, type HostHarness } from "./local-harness";

const MB = 1024 * 1024;
let harness: HostHarness;
afterEach(() => harness.dispose());

async function run(limits: Partial<SandboxLimits>, program: string): Promise<{ exit: AttachItem | undefined; lines: string[] }> {
  harness = await createLocalHarness({ limits });
  const spec = harness.spec(`js export default async ({ print, pause }) => {
    const fs = await import("node:fs"); const { spawn, spawnSync } = await import("node:child_process"); ${program} }`);
  await harness.executor.prepare(spec);
  const items = await drain(harness.executor, await harness.executor.start(spec), 1);
  await expect.poll(() => processesOf(harness.dataDir, spec.name), { timeout: 10_000 }).toEqual([]);
  return { exit: items.at(-1), lines: items.flatMap((item) => (item.type === "line" ? [item.line.text] : [])) };
}

const failed = (code: string) => ({ type: "exit", exit: { kind: "failed", failure: { code } } });

it("ends a sandbox that takes more memory than it may, and says so", async () => {
  const { exit } = await run(
    { memoryBytes: 300 * MB },
    `print("begins"); const all = []; for (;;) { all.push(Buffer.alloc(20 * 1024 * 1024, 1)); await pause(5); }`,
  );
  expect(exit).toMatchObject(failed("out_of_memory"));
});

it("holds a fork bomb, ends it, and says so", async () => {
  const { exit } = await run(
    { processes: 60 },
    `print("begins"); spawn("bash", ["-c", "bomb() { bomb | bomb & }; bomb; sleep 60"], { stdio: "ignore" }); await pause(60_000);`,
  );
  expect(exit).toMatchObject(failed("resource_limit"));
}, 60_000);

it("ends a sandbox that fills the disk, and one file is never larger than it may be", async () => {
  const filled = await run(
    { diskBytes: 80 * MB },
    `for (let n = 0; ; n += 1) { fs.writeFileSync("filler" + n, Buffer.alloc(8 * 1024 * 1024, n)); await pause(50); if (n > 300) return; }`,
  );
  expect(filled.exit).toMatchObject(failed("resource_limit"));
  await harness.dispose();
  const large = await run(
    { fileBytes: 10 * MB },
    `const { status, signal } = spawnSync("head", ["-c", "20000000", "/dev/zero"], { stdio: ["ignore", fs.openSync("large", "w"), "ignore"] });
     print(String(fs.statSync("large").size)); print(String(status === 0 && signal === null));`,
  );
  expect(large.lines).toEqual([String(10 * MB), "false"]);
});

it("ends a sandbox that has filled the disk before anybody looked", async () => {
  const { exit } = await run(
    { diskBytes: 80 * MB },
    `for (let n = 0; n < 10; n += 1) fs.writeFileSync("filler" + n, Buffer.alloc(20 * 1024 * 1024, n)); print("filled"); await pause(12_000);`,
  );
  expect(exit).toMatchObject(failed("resource_limit"));
});

it("ends an agent that hangs without a word", async () => {
  const { exit } = await run({ idleMs: 1_500 }, `print("begins"); await pause(60_000);`);
  expect(exit).toMatchObject(failed("timeout"));
});

it("leaves a busy agent alone that stays within its limits", async () => {
  const { exit, lines } = await run(
    { memoryBytes: 500 * MB, processes: 60, diskBytes: 200 * MB, idleMs: 5_000 },
    `const all = Buffer.alloc(100 * 1024 * 1024, 1); fs.writeFileSync("file", all);
     for (let n = 0; n < 12; n += 1) { spawnSync("sleep", ["0.5"]); print(String(n)); }`,
  );
  expect(exit).toEqual({ type: "exit", exit: { kind: "exited", code: 0 } });
  expect(lines).toHaveLength(12);
});

it("refuses what only an attack on the kernel needs", async () => {
  const { lines } = await run(
    {},
    `const can = (...argv) => spawnSync(argv[0], argv.slice(1), { stdio: "ignore" }).status === 0;
     print(JSON.stringify({ namespaces: can("unshare", "-U", "true"), mount: can("mount", "-t", "tmpfs", "none", "/tmp"),
       seccomp: /Seccomp:\\s*(\\d)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1], node: can(process.execPath, "-e", "0"), git: can("git", "--version") }));
     try { fs.writeFileSync("/dev/shm/much", Buffer.alloc(300 * 1024 * 1024)); print("wrote"); } catch (error) { print(error.code); }`,
  );
  expect(JSON.parse(lines[0] ?? "")).toEqual({ namespaces: false, mount: false, seccomp: "2", node: true, git: true });
  expect(lines[1]).toBe("ENOSPC");
});

function processesOf(dataDir: string, attempt: string): string[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      return /^\d+$/.test(pid) && command.includes(`${dataDir}/attempts/${attempt}/`) ? [command] : [];
    } catch {
      return [];
    }
  });
}
