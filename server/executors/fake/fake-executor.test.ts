import { setTimeout as pause } from "node:timers/promises";
import type { AttemptExit, AttemptSpec } from "../executor";
import { executorContract } from "../executor.contract";
import { createFakeExecutor } from "./fake-executor";

async function* contractProgram(spec: AttemptSpec, stopped: AbortSignal): AsyncGenerator<string, AttemptExit> {
  const [what, argument] = spec.task.prompt.split(" ");
  if (what === "die") return { kind: "signalled", signal: "SIGKILL" };
  if (what === "exit") return { kind: "exited", code: Number(argument) };
  const count = what === "endless" ? Infinity : Number(argument);
  for (let n = 1; n <= count && !stopped.aborted; n += 1) {
    yield `{"n":${n}}`;
    if (what === "endless") await pause(5);
  }
  return { kind: "exited", code: 0 };
}

executorContract("fake", () => {
  let count = 0;
  return Promise.resolve({
    executor: createFakeExecutor(contractProgram),
    spec(prompt) {
      const name = `agent-fake00000000-${count++}`;
      const limits = { turns: 5, minutes: 1 };
      const task = {
        runId: "fake00000000",
        variation: 0,
        attempt: 0,
        prompt,
        model: "demo",
        limits,
        workspace: "/workspace",
        commandsAllowed: true,
      };
      return { name, mirrorPath: "/nowhere", baseCommit: "0".repeat(40), token: "token", task };
    },
    dispose: () => Promise.resolve(),
  });
});
