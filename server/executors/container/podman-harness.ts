import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../local/find-program";
import type { EngineProgram } from "./test-engine";

/** Podman's service for the Engine API, of root or of an ordinary user. */
export const podman: EngineProgram = {
  name: "Podman",
  rootOnly: false,
  drivers: ["overlay", "vfs"],
  async prepare(folder, driver) {
    const program = await findProgram("podman");
    if (program === undefined) return "podman is not installed: apt-get install podman runc";
    const settings = join(folder, "containers.conf");
    const storage = join(folder, "storage.conf");
    writeFileSync(settings, containersConf((await findProgram("runc")) === undefined ? "crun" : "runc"));
    writeFileSync(storage, `[storage]\ndriver = "${driver}"\nrunroot = "${folder}/run"\ngraphroot = "${folder}/root"\n`);
    return {
      argv: [program, "--tmpdir", join(folder, "tmp"), "system", "service", "--time=0", `unix://${join(folder, "engine.sock")}`],
      env: { CONTAINERS_CONF: settings, CONTAINERS_STORAGE_CONF: storage },
    };
  },
  async remove(folder) {
    // Without root: files of users that only its own namespace has.
    if (process.getuid?.() !== 0) spawnSync("podman", ["unshare", "rm", "-rf", folder], { stdio: "ignore" });
    await rm(folder, { recursive: true, force: true });
  },
};

/** Limits that it has itself: without the right to raise them a runtime refuses larger ones. */
function containersConf(runtime: string): string {
  return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "${runtime}"
cgroup_manager = "cgroupfs"
events_logger = "none"
`;
}
