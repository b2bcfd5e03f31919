import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, expect, it } from "vitest";
import { initOf } from "./container-spec";
import { hostProcess } from "./host-process";

const started: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  // With its children.
  for (const { pid } of started.splice(0)) process.kill(-(pid ?? Number.NaN), "SIGKILL");
});

async function start(argv: string[]): Promise<number> {
  const child = spawn(argv[0] ?? "", argv.slice(1), { stdio: "ignore", detached: true });
  started.push(child);
  await once(child, "spawn");
  return child.pid ?? 0;
}

it("knows a container's init by its command line where no control group is named after it, and no other process", async () => {
  // The real one has the program as its child; here the file limit's place is taken by what it waits for.
  const pid = await start([...initOf("aideator-s-agent-run-0"), "unlimited", "", "sleep", "60"]);
  expect(await hostProcess("no-such-id", "aideator-s-agent-run-0", pid)).toEqual({ "child-pid": pid });
  expect(await hostProcess("no-such-id", "aideator-s-agent-run", pid)).toBeUndefined();
  expect(await hostProcess("no-such-id", "aideator-s-agent-run-0", await start(["sleep", "60"]))).toBeUndefined();
  expect(await hostProcess("no-such-id", "aideator-s-agent-run-0", 0)).toBeUndefined();
});
