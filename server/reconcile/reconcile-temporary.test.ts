import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createReconcileHarness, type ReconcileHarness } from "./reconcile-harness";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let harness: ReconcileHarness;

beforeEach(async () => {
  harness = await createReconcileHarness();
});
afterEach(() => harness.dispose());

describe("temporary files", () => {
  it("removes half-made things that nobody has gone on with for an hour", async () => {
    const name = await harness.run("liverun00000001", "live");
    const half = await harness.put("reconcile.json.7.half");
    await harness.put("tmp/quarantine-abc/pack/pack-1.pack");
    await harness.put("tmp/mirror-def/HEAD");
    const own = await harness.put(`attempts/${name}/shim.json.half`);
    expect((await harness.reconciler().run()).actions).toEqual([]);
    harness.ahead = HOUR + MINUTE;
    const { actions } = await harness.reconciler().run();
    expect(actions.map(({ kind, what }) => `${kind} ${what}`).sort()).toEqual([
      `temporary_removed ${half}`,
      `temporary_removed ${join(harness.dataDir, "tmp/mirror-def")}`,
      `temporary_removed ${join(harness.dataDir, "tmp/quarantine-abc")}`,
    ]);
    expect(existsSync(own)).toBe(true);
  });

  it("removes sockets that nobody listens on", async () => {
    const folder = join(harness.dataDir, "gateway");
    mkdirSync(folder, { recursive: true });
    const listening = createServer().listen(join(folder, "gateway.sock"));
    const deserted = join(folder, "old.sock");
    const killed = spawn(process.execPath, [
      "-e",
      `require("net").createServer().listen(${JSON.stringify(deserted)}, () => console.log("up"))`,
    ]);
    await new Promise((resolve) => killed.stdout?.once("data", resolve));
    killed.kill("SIGKILL");
    await new Promise((resolve) => killed.once("exit", resolve));
    try {
      expect((await harness.reconciler().run()).actions).toEqual([]);
      harness.ahead = 11 * MINUTE;
      expect((await harness.reconciler().run()).actions).toMatchObject([{ kind: "socket_removed", what: deserted }]);
      expect(readdirSync(folder)).toEqual(["gateway.sock"]);
    } finally {
      listening.close();
    }
  });
});
