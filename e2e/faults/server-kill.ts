import { setTimeout as wait } from "node:timers/promises";
import type { FaultServer, Scenario, World } from "./world";

const LINE_UPS = [
  ["script:edits", "script:edits", "script:edits"],
  ["script:long", "script:long"],
  ["script:mixed", "script:mixed"],
  ["demo", "demo", "demo"],
  ["script:tools", "script:long"],
];

/** SIGKILL of the server again and again, also while it starts: time is lost, facts are not. */
export const serverKill: Scenario = {
  name: "server-kill",
  faults: "F1 F9 F10 F19",
  async run(world) {
    const kills = world.short ? 4 : 12 * world.rounds;
    const faults = await world.open();
    const runs = await Promise.all(LINE_UPS.map((models) => faults.watch(models, { sockets: 2, streams: 1 })));
    let early = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      await wait(world.random.between(100, world.random.next() < 0.5 ? 600 : 3_000));
      await faults.kill("SIGKILL");
      await wait(world.random.between(0, 500));
      if (world.random.next() < 0.3) early += await killWhileStarting(world, faults);
      await faults.restart();
    }
    const begin = performance.now();
    for (const run of runs) await faults.judge(run, 90_000);
    await faults.expectClean(runs, 3_000);
    const logs = await Promise.all(runs.map(({ runId }) => faults.api.log(runId)));
    const count = (type: string): number => logs.flat().filter(({ event }) => event.type === type).length;
    return {
      runs: runs.length,
      kills: world.kills,
      "killed while starting": early,
      events: logs.flat().length,
      reattached: count("variation.reattached"),
      "variations failed": count("variation.failed"),
      "all ended after the last kill, s": Math.round((performance.now() - begin) / 100) / 10,
    };
  },
};

async function killWhileStarting(world: World, faults: FaultServer): Promise<number> {
  const started = faults.restart().then(
    () => 0,
    () => 1,
  );
  await wait(world.random.between(50, 900));
  await faults.kill("SIGKILL");
  return started;
}
