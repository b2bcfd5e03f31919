import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { afterEach, expect, it } from "vitest";
import { findProcesses } from "./host-processes";

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
});

const isRoot = process.getuid?.() === 0;
const canNest = ((): boolean => {
  try {
    execFileSync("unshare", [...(isRoot ? [] : ["--user"]), "--pid", "--fork", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

const namespaces = `namespaces${canNest ? "" : " (skipped: no namespace of processes can be made here)"}`;

it.skipIf(!canNest)(`finds a sandbox by its init, and reads nothing of what lives in it: ${namespaces}`, async () => {
  const mark = `aideator-mark-${process.pid}`;
  const inside = `sleep 61 & sleep 61 & echo there; wait # ${mark}`;
  const nested = spawn(
    "unshare",
    [...(isRoot ? [] : ["--user"]), "--pid", "--fork", "--kill-child", "sh", "-c", `sh -c '${inside}' & wait # ${mark}`],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  started.push(nested);
  await once(nested.stdout, "data");
  let looks = 0;
  const found = await findProcesses(async (pid) => {
    looks += 1;
    const command = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");
    return command.includes(mark) ? command.split(" ")[0] : undefined;
  });
  // unshare outside and the init; the shell below the init has the mark too.
  expect(found.sort()).toEqual(["sh", "unshare"]);
  expect(looks).toBeGreaterThan(1);
});
