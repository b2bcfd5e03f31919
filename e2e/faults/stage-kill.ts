import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { RunEvent } from "@/lib/run/events";
import { jobName } from "@/lib/run/select";
import { end, processesOf } from "./host-remains";
import type { FaultServer, Scenario, WatchedRun, World } from "./world";

const victims = ["server SIGKILL", "server SIGTERM", "server SIGINT", "shim", "agent", "reboot"] as const;
type Victim = (typeof victims)[number];

/** Told from what the log says, never by sleeping. The victim plays `tools`, always as variation B. */
const stages = ["preparing", "first token", "in a tool", "snapshotting", "finishing"] as const;
type Stage = (typeof stages)[number];

interface Cell {
  victim: Victim;
  stage: Stage;
}

/** The victim's variation. */
const B = 1;
/** A killed agent must be known as such by then. */
const AGENT_MS = 2_000;

/** Every kind of process is killed at every stage of an attempt: it ends once, honestly, its tree is kept, and it can be done again. */
export const stageKill: Scenario = {
  name: "stage-kill",
  faults: "F1 F2 F3 F19 F21",
  async run(world) {
    const all = victims.flatMap((victim) => stages.map((stage): Cell => ({ victim, stage })));
    const order = world.random.shuffle(all);
    // Of the short form every cell is another victim.
    const cells = world.short
      ? world.random
          .shuffle(victims)
          .slice(0, 4)
          .flatMap((victim) => order.find((cell) => cell.victim === victim) ?? [])
      : order;
    const faults = await world.open();
    const delays: number[] = [];
    const ends = new Map<string, number>();
    for (const cell of cells) {
      const how = await playCell(world, faults, cell, delays);
      ends.set(how, (ends.get(how) ?? 0) + 1);
    }
    return {
      cells: cells.length,
      "a killed agent is known after at most, ms": delays.length === 0 ? "-" : Math.round(Math.max(...delays)),
      ...Object.fromEntries([...ends].sort().map(([how, count]) => [`B: ${how}`, count])),
    };
  },
};

/** Answers what became of the victim's variation, for the table. */
async function playCell(world: World, faults: FaultServer, { victim, stage }: Cell, delays: number[]): Promise<string> {
  const cell = `${victim} while ${stage}`;
  const blame = (problem: string): void => world.blame(`${cell}: ${problem}`);
  const run = await faults.watch(["script:edits", "script:tools"], { sockets: 1, streams: 1 });
  await run.socket.until(recognise(stage), 30_000);
  const hit = performance.now();
  await strike(world, faults, run, victim);
  const isEnd = ({ variation, event }: RunEvent): boolean =>
    variation === B && /^variation\.(completed|failed|cancelled)$/.test(event.type);
  const ended = await run.socket.until(isEnd, 60_000);
  if (victim === "agent" && ended.event.type === "variation.failed") delays.push(performance.now() - hit);
  const found = describe(ended);
  if (!expectedEnds(victim, stage).includes(found)) blame(`B ended as "${found}", expected ${expectedEnds(victim, stage).join(" or ")}`);
  if (victim === "agent" && performance.now() - hit > AGENT_MS)
    blame(`the end was known only after ${Math.round(performance.now() - hit)} ms`);
  await faults.api.ended(run.runId, 60_000);
  const alone = victim !== "server SIGINT" && victim !== "reboot";
  const { jobs } = await faults.api.run(run.runId);
  if (alone && jobs[0]?.state !== "completed")
    blame(`A is ${jobs[0]?.state}, though nothing happened to it: ${await failures(faults, run)}`);
  await checkTree(faults, run, stage, ended, blame);
  const again = jobs.filter(({ state }) => state !== "completed");
  if (again.length > 0) await faults.api.retry(run.runId);
  const before = world.compared;
  await faults.judge(run, 60_000);
  const after = await faults.api.run(run.runId);
  const states = after.jobs.map(({ state }) => state);
  if (states.some((state) => state !== "completed")) blame(`after the retry: ${states.join(", ")}: ${await failures(faults, run)}`);
  await faults.expectClean([run], 3_000);
  if (world.compared === before) blame("nothing was compared");
  return found;
}

/** Why variations failed, as their panes say it. */
async function failures({ api }: FaultServer, { runId }: WatchedRun): Promise<string> {
  const log = await api.log(runId);
  return log
    .flatMap(({ seq, variation, attempt, event }) =>
      event.type === "variation.failed" ? [`seq ${seq} variation ${variation} attempt ${attempt}: ${JSON.stringify(event.failure)}`] : [],
    )
    .join("; ");
}

function recognise(stage: Stage): (event: RunEvent) => boolean {
  const tests: Record<Stage, (event: RunEvent["event"]) => boolean> = {
    preparing: ({ type }) => type === "variation.preparing",
    "first token": ({ type }) => type === "text.delta",
    "in a tool": (event) => event.type === "tool.started" && event.kind === "command",
    // The snapshot begins with the end of the call that wrote.
    snapshotting: (event) => event.type === "file.changed",
    finishing: (event) => event.type === "text.delta" && event.text.includes("These"),
  };
  return ({ variation, event }) => variation === B && tests[stage](event);
}

async function strike(world: World, faults: FaultServer, run: WatchedRun, victim: Victim): Promise<void> {
  const { dataDir } = faults.server;
  const name = jobName(run.runId, B);
  switch (victim) {
    case "server SIGKILL":
    case "server SIGTERM":
    case "server SIGINT":
      await faults.kill(victim.slice("server ".length) as NodeJS.Signals);
      return faults.restart();
    case "shim":
      world.kills += 1;
      return void end(await shimOf(dataDir, name));
    case "agent":
      world.kills += 1;
      return void end(await agentOf(dataDir, name));
    case "reboot": {
      // Stopped first, so that nobody sees the others go: a machine that loses power tells nobody.
      const pids = (await processesOf(dataDir)).map(({ pid }) => pid);
      for (const pid of pids) signalTo(pid, "SIGSTOP");
      for (const { pid } of await processesOf(dataDir)) end(pid);
      await faults.kill("SIGKILL");
      return faults.restart();
    }
  }
}

/** The shim writes who it is before anything else. */
async function shimOf(dataDir: string, name: string): Promise<number> {
  const record = await soon(async () => {
    const text = await readFile(join(dataDir, "attempts", name, "shim.json"), "utf8").catch(() => undefined);
    return text === undefined || text === "" ? undefined : (JSON.parse(text) as { shim: { pid: number } });
  });
  return record.shim.pid;
}

/** The agent's Node.js inside the sandbox, by its number outside. */
async function agentOf(dataDir: string, name: string): Promise<number> {
  const found = await soon(async () =>
    (await processesOf(dataDir)).find(
      ({ argv, attempts }) => attempts.includes(name) && argv.length === 2 && argv[1]?.endsWith("/agent.mjs"),
    ),
  );
  return found.pid;
}

async function soon<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error("the process to be killed is not there");
    await wait(2);
  }
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

function describe({ event }: RunEvent): string {
  return event.type === "variation.failed" ? `failed (${event.failure.code})` : event.type.slice("variation.".length);
}

/** Honest ends. An agent that has said its last word before it is hit is done, whoever is killed then. */
function expectedEnds(victim: Victim, stage: Stage): string[] {
  const spoken = stage === "finishing" ? ["completed"] : [];
  switch (victim) {
    case "server SIGKILL":
    case "server SIGTERM":
      return ["completed"];
    case "server SIGINT":
      return ["cancelled"];
    case "shim":
      return stage === "preparing" ? ["failed (lost)", "failed (sandbox)"] : ["failed (lost)", ...spoken];
    case "agent":
      return ["failed (agent_killed)", ...spoken];
    case "reboot":
      // What had not been started yet is simply started.
      return stage === "preparing" ? ["failed (lost)", "completed"] : ["failed (lost)", ...spoken];
  }
}

/** What was written before the fault is in the diff. */
async function checkTree(
  faults: FaultServer,
  run: WatchedRun,
  stage: Stage,
  ended: RunEvent,
  blame: (problem: string) => void,
): Promise<void> {
  const written = stage === "snapshotting" || stage === "finishing" || ended.event.type === "variation.completed";
  const snapshot = (await faults.api.log(run.runId)).some(({ variation, event }) => variation === B && event.type === "snapshot.taken");
  if (!written && !snapshot) return;
  try {
    const { files } = await faults.api.diff(run.runId, "b");
    const kept = files.some(({ path }) => path === "kept-b.md");
    if (written && !kept) blame(`kept-b.md was written and is not in the diff: ${files.map(({ path }) => path).join(", ") || "empty"}`);
  } catch (error) {
    blame(`the tree is not there: ${String(error)}`);
  }
}
