import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { clients } from "./clients";
import { hostile } from "./hostile";
import { createRandom } from "./random";
import { selfTest } from "./self-test";
import { serverKill } from "./server-kill";
import { stageKill } from "./stage-kill";
import { storage } from "./storage";
import { createWorld, type Figures, type Scenario, type WorldKeeper } from "./world";

const scenarios: Scenario[] = [serverKill, stageKill, hostile, clients, storage];

interface Outcome {
  name: string;
  faults: string;
  ok: boolean;
  seconds: number;
  kills: number;
  compared: number;
  figures: Figures;
  problems: string[];
}

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    rounds: { type: "string", default: "1" },
    only: { type: "string" },
    json: { type: "string" },
    short: { type: "boolean", default: false },
    "self-test": { type: "boolean", default: false },
  },
});

const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000_000) : wholeNumber("seed", values.seed);
const rounds = wholeNumber("rounds", values.rounds);
let current: WorldKeeper | undefined;
let stopping = false;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    const clean = current?.dispose() ?? Promise.resolve();
    void clean.catch((error: unknown) => console.error(error)).finally(() => process.exit(130));
  });
}
// A witness may be in the middle of a request while its scenario is over; a defect of the harness must still be seen.
process.on("unhandledRejection", (error) => {
  console.error("not handled:", error);
  process.exitCode = 1;
});

process.exitCode = (values["self-test"] ? checkTheChecker() : await playAll()) ? 0 : 1;

function checkTheChecker(): boolean {
  const { passed, problems } = selfTest();
  for (const problem of problems) console.log(`✗ ${problem}`);
  console.log(`the checker: ${passed} passed, ${problems.length} failed`);
  return problems.length === 0;
}

async function playAll(): Promise<boolean> {
  const chosen = scenarios.filter(({ name }) => values.only === undefined || values.only.split(",").includes(name));
  if (chosen.length === 0) {
    console.error(`There is no scenario ${values.only}: ${scenarios.map(({ name }) => name).join(", ")}.`);
    return false;
  }
  console.log(`seed ${seed}`);
  const outcomes: Outcome[] = [];
  if (!checkTheChecker()) return false;
  for (const scenario of chosen) if (!stopping) outcomes.push(await play(scenario));
  for (const { name, figures } of outcomes) {
    console.log(`\n${name}`);
    for (const [figure, value] of Object.entries(figures)) console.log(`  ${figure.padEnd(44)} ${value}`);
  }
  const failed = outcomes.filter(({ ok }) => !ok);
  const short = values.short ? " --short" : rounds === 1 ? "" : ` --rounds ${rounds}`;
  for (const { name } of failed) console.log(`\n${name} failed; once more: npm run test:faults -- --seed ${seed} --only ${name}${short}`);
  console.log(`\n${outcomes.length - failed.length} passed, ${failed.length} failed`);
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify({ seed, short: values.short, rounds, outcomes }, undefined, 2)}\n`);
  return failed.length === 0;
}

async function play(scenario: Scenario): Promise<Outcome> {
  const begin = performance.now();
  // Every scenario draws from the seed anew, so that one alone meets the same faults as in the whole.
  const keeper = createWorld({ random: createRandom(seed), short: values.short, rounds, say: (text) => console.log(text) });
  current = keeper;
  let figures: Figures = {};
  try {
    figures = await scenario.run(keeper.world);
  } catch (error) {
    if (!stopping) keeper.world.blame(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  await keeper.dispose();
  const { kills, compared } = keeper.world;
  const problems = [...keeper.problems];
  const ok = problems.length === 0;
  const seconds = Math.round((performance.now() - begin) / 100) / 10;
  console.log(
    `${ok ? "✓" : "✗"} ${scenario.name.padEnd(16)} ${`${seconds} s`.padStart(8)}  ${kills} kills, ${compared} events compared  (${scenario.faults})`,
  );
  return { name: scenario.name, faults: scenario.faults, ok, seconds, kills, compared, figures, problems };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number.`);
  process.exit(2);
}
