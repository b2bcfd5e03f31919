import { rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../local/find-program";
import type { EngineProgram } from "./test-engine";

/** `dockerd` with a containerd of its own. It changes nothing of the machine's network: agents have none, set-ups have a socket. */
export const docker: EngineProgram = {
  name: "Docker",
  rootOnly: true,
  drivers: ["overlay2", "vfs"],
  async prepare(folder, driver) {
    const program = await findProgram("dockerd");
    if (program === undefined) return "dockerd is not installed: apt-get install docker.io";
    const settings = join(folder, "daemon.json");
    const limit = (name: string, value: number) => ({ [name]: { Name: name, Hard: value, Soft: value } });
    writeFileSync(
      settings,
      JSON.stringify({
        "data-root": join(folder, `root-${driver}`),
        "exec-root": join(folder, "exec"),
        pidfile: join(folder, "docker.pid"),
        hosts: [`unix://${join(folder, "engine.sock")}`],
        "storage-driver": driver,
        bridge: "none",
        iptables: false,
        "ip-masq": false,
        "ip-forward": false,
        "exec-opts": ["native.cgroupdriver=cgroupfs"],
        // Limits that it has itself: without the right to raise them a runtime refuses larger ones.
        "default-ulimits": { ...limit("nofile", 1024), ...limit("nproc", 1024) },
      }),
    );
    // A killed Docker takes its containerd along, which leaves this number behind; where nobody has waited for it, it seems to run.
    rmSync(join(folder, "exec/containerd/containerd.pid"), { force: true });
    return { argv: [program, "--config-file", settings] };
  },
  remove: (folder) => rm(folder, { recursive: true, force: true }),
};
