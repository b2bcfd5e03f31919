import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { RunEvent } from "@/lib/run/events";
import { jobName } from "@/lib/run/select";
import { bombs, explorer, type HostileScript, type Targets } from "./hostile-attacks";
import { sampleLatency } from "./latency";
import { createLures, type Lures } from "./lures";
import { scriptsDir } from "./script-text";
import type { FaultServer, Figures, Scenario, WatchedRun, World } from "./world";

const run = promisify(execFile);
/** The hostile variation, between two that work. */
const B = 1;
const P95_MS = 1_000;

/** A hostile agent beside two that work: it gets nothing, disturbs nobody, and leaves nothing behind. */
export const hostile: Scenario = {
  name: "hostile",
  faults: "F4 F5 F15 B5 B6 B8 B9 B10 B13",
  async run(world) {
    const scripts = await mkdtemp(join(tmpdir(), "aid-scripts-"));
    world.atEnd(() => rm(scripts, { recursive: true, force: true }));
    const lures = await createLures();
    world.atEnd(() => lures.dispose());
    await cp(scriptsDir, scripts, { recursive: true });
    return attackFrom(world, scripts, lures);
  },
};

async function attackFrom(world: World, scripts: string, lures: Lures): Promise<Figures> {
  const secret = `aid-${randomBytes(18).toString("hex")}`;
  const faults = await world.open({ env: { AIDEATOR_SCRIPTS: scripts, AID_CANARY: lures.canary }, accessToken: secret });
  const put = (script: HostileScript): Promise<void> => writeFile(join(scripts, `${script.name}.json`), JSON.stringify(script.scenario));
  const deadToken = await tokenOfAnEndedAttempt(faults);
  const otherRun = await faults.api.startRun(["script:endless"]);
  const script = await explorer(await targetsOf(faults, lures, { otherRun, deadToken, secret }));
  await controls(world, script, scripts);
  lures.reset();
  const all = await bombs();
  const chosen = world.short ? [all.fork, all.daemons] : [all.fork, all.memory, all.spin, all.daemons];
  for (const one of [script, ...chosen]) await put(one);

  const latency = sampleLatency(faults.server.url, faults.api.headers);
  const runs: WatchedRun[] = [];
  let attacks = 0;
  const play = async (one: HostileScript): Promise<void> => {
    const watched = await faults.watch(["script:edits", `script:${one.name}`, "script:tools"], { sockets: 2, streams: 1 });
    runs.push(watched);
    if (one === all.daemons) await stopDaemons(world, faults, watched);
    await faults.judge(watched, 240_000);
    attacks += await checkAttacks(world, faults, watched, one);
  };
  if (world.short) await Promise.all([script, ...chosen].map(play));
  else for (const one of [script, ...chosen]) await play(one);
  const { samples, p50, p95, longest, failed } = await latency.stop();
  if (p95 > P95_MS) world.blame(`the API's p95 was ${p95} ms`);
  if (failed > 0) world.blame(`the API did not answer ${failed} times`);
  await faults.api.cancel(otherRun);
  await faults.api.ended(otherRun, 30_000);
  await faults.expectClean(runs, 10_000);
  const searched = await searchTraces(world, faults, lures, [lures.canary, secret]);
  for (const reached of lures.reached()) world.blame(`reached from a sandbox: ${reached}`);
  return {
    attacks,
    "addresses and sockets that were waited on": lures.count,
    "API p50, ms": p50,
    "API p95, ms": p95,
    "API longest, ms": longest,
    "API samples": samples,
    "files and refs searched": searched,
  };
}

async function targetsOf(
  faults: FaultServer,
  lures: Lures,
  { otherRun, deadToken, secret }: { otherRun: string; deadToken: string; secret: string },
): Promise<Targets> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return {
    canaryFile: lures.canaryFile,
    canaryFolder: lures.folder,
    dataDir: faults.server.dataDir,
    serverPid: await faults.pid(),
    otherAttempt: jobName(otherRun, 0),
    ports: [faults.server.port, lures.port],
    hostAddresses: addresses.filter(({ internal, scopeid }) => !internal && !scopeid).map(({ address }) => address),
    abstractSocket: lures.abstractSocket,
    unixSocket: lures.unixSocket,
    deadToken,
    secret,
  };
}

/** Plays one harmless run to its end and keeps what its attempt was let in with. */
async function tokenOfAnEndedAttempt(faults: FaultServer): Promise<string> {
  const runId = await faults.api.startRun(["script:tools"]);
  const file = join(faults.server.dataDir, "attempts", jobName(runId, 0), "launch.json");
  const deadline = performance.now() + 30_000;
  for (;;) {
    const token = /"AIDEATOR_TOKEN"[,:]"([^"]+)"/.exec(await readFile(file, "utf8").catch(() => ""))?.[1];
    if (token !== undefined) {
      await faults.api.cancel(runId);
      await faults.api.ended(runId, 30_000);
      return token;
    }
    if (performance.now() > deadline) throw new Error("the attempt that lends its token does not start");
    await wait(20);
  }
}

/** The same programs without a sandbox must get through: or their "refused" would say nothing. */
async function controls(world: World, { scenario }: HostileScript, scripts: string): Promise<void> {
  const folder = await mkdtemp(join(scripts, "control-"));
  const steps = scenario.default.turns[0]?.steps ?? [];
  for (const { input } of steps as { input: { path: string; content: string } }[])
    await writeFile(join(folder, input.path.replace("attacks/", "")), input.content);
  const outcomes = async (program: string): Promise<Map<string, string>> => {
    const { stdout } = await run(process.execPath, [join(folder, program)], { cwd: folder, timeout: 120_000, maxBuffer: 1e8 });
    return outcomesIn(stdout);
  };
  const network = await outcomes("network.mjs");
  const reachable = ["loopback", "abstract-socket"];
  for (const name of reachable) if (network.get(name) !== "breached") world.blame(`control: ${name} does not even work without a sandbox`);
}

/** Reads how each attack said that it went. */
export function outcomesIn(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^@@ ([a-z0-9-]+) (refused|breached|done)/gm)].map(([, name = "", outcome = ""]) => [name, outcome]));
}

/** Every attack ran, none got through, and the variation ended as it had to. Answers how many there were. */
async function checkAttacks(world: World, faults: FaultServer, { runId }: WatchedRun, script: HostileScript): Promise<number> {
  const blame = (problem: string): void => world.blame(`${script.name}: ${problem}`);
  const log = await faults.api.log(runId);
  const own = log.filter(({ variation }) => variation === B).map(({ event }) => event);
  const text = own.flatMap((event) => (event.type === "tool.output" ? [event.text] : [])).join("");
  const outcomes = outcomesIn(text);
  for (const name of script.attacks) {
    const outcome = outcomes.get(name);
    if (outcome === undefined) blame(`the attack ${name} never ran`);
    if (outcome === "breached") blame(new RegExp(`^@@ ${name} breached.*$`, "m").exec(text)?.[0] ?? name);
  }
  const started = own.filter((event) => event.type === "tool.started");
  for (const [at, { tool, mayWork }] of script.calls.entries()) {
    const call = started[at];
    if (call?.tool !== tool) {
      blame(`call ${at + 1} is ${call?.tool ?? "none"} where ${tool} was due`);
      break;
    }
    const finished = own.find((event) => event.type === "tool.finished" && event.callId === call.callId);
    if (!mayWork && (finished?.type !== "tool.finished" || finished.ok)) blame(`${tool} ${call.title} was not refused`);
  }
  const ends = own.flatMap((event) =>
    event.type === "variation.failed" ? [event.failure.code] : /^variation\.c/.test(event.type) ? [event.type] : [],
  );
  if (!script.end.test(ends.at(-1) ?? "")) blame(`it ended as ${ends.join(", ") || "nothing"}, expected ${script.end.source}`);
  for (const event of own) if (event.type === "warning.raised" && event.message.includes("snapshot failed")) blame(event.message);
  checkOthers(blame, log);
  return script.attacks.length + script.calls.filter(({ mayWork }) => !mayWork).length;
}

/** The texts were compared already; here: nobody but the hostile one failed, was tried again, or carries a forged word. */
function checkOthers(blame: (problem: string) => void, log: readonly RunEvent[]): void {
  for (const { seq, variation, event } of log) {
    if (variation === B) continue;
    if (["variation.failed", "variation.cancelled", "variation.requeued", "model.retried", "warning.raised"].includes(event.type))
      blame(`variation ${variation} was disturbed: ${event.type} at seq ${seq}`);
    if (JSON.stringify(event).includes("forged")) blame(`seq ${seq} of variation ${variation} was forged`);
  }
}

/** Stops the hostile variation once its daemons are there; how long they outlive that is for `expectClean`. */
async function stopDaemons(world: World, faults: FaultServer, watched: WatchedRun): Promise<void> {
  await watched.socket.until(
    ({ variation, event }) => variation === B && event.type === "tool.output" && event.text.includes("@@ daemons done"),
    60_000,
  );
  const { status } = await faults.api.call("POST", `/runs/${watched.runId}/cancel`, { variation_id: B });
  if (status !== 200 && status !== 202) world.blame(`stopping the variation answers ${status}`);
}

/** What a secret or a hook may have left: the database, every file of the data folder, refs, and the folder that hooks write to. */
async function searchTraces(world: World, faults: FaultServer, lures: Lures, secrets: string[]): Promise<number> {
  const { dataDir } = faults.server;
  let searched = 0;
  const attempts = join(dataDir, "attempts");
  // The attempt that lent its name ends like any other, a moment later.
  for (let look = 0; look < 200 && (await readdir(attempts)).length > 0; look += 1) await wait(50);
  for (const name of await readdir(attempts)) world.blame(`the folder of ${name} is left`);
  const files = (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  for (const entry of files) {
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path).catch(() => Buffer.alloc(0));
    searched += 1;
    for (const secret of secrets) if (content.includes(secret)) world.blame(`${path} holds a secret`);
  }
  for (const name of await readdir(lures.folder)) if (name.startsWith("pwned-")) world.blame(`the host ran ${name.slice("pwned-".length)}`);
  for (const folder of ["runs", "mirrors"]) {
    for (const name of await readdir(join(dataDir, folder)).catch(() => [])) {
      const refs = execFileSync("git", ["--git-dir", join(dataDir, folder, name), "for-each-ref", "--format=%(refname)"], {
        encoding: "utf8",
      });
      for (const ref of refs.split("\n").filter((line) => line !== "")) {
        searched += 1;
        if (/forged|\.\./.test(ref)) world.blame(`${name} has the ref ${ref}`);
      }
    }
  }
  return searched;
}
