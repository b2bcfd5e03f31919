import { chmod, chown } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SetupSpec } from "../executor";
import type { AttemptFiles } from "./attempt-files";
import type { ConfinedProgram, Machine } from "./machine";

/** How a set-up is started inside: its tree, its home, what it is shown, and the proxy's folder; not the gateway's. */
export async function setupProgram(
  machine: Machine,
  files: AttemptFiles,
  spec: SetupSpec,
  { uid, bundle }: { uid: number; bundle?: string },
): Promise<Omit<ConfinedProgram, "uid">> {
  if (!machine.isolated || bundle === undefined) throw new Error("a set-up needs a sandbox");
  const { proxySocket, shown } = spec.setup;
  if (proxySocket !== undefined) {
    // The way out is this sandbox's alone, also among other users of the machine.
    if (machine.changesUser) await chown(dirname(proxySocket), uid, uid);
    await chmod(dirname(proxySocket), 0o700);
  }
  return {
    argv: [machine.node, "/opt/aideator/setup.mjs"],
    cwd: "/workspace",
    env: {
      PATH: machine.path,
      HOME: "/home/agent",
      TMPDIR: "/tmp",
      USER: "agent",
      SHELL: "/bin/bash",
      LANG: "C.UTF-8",
      TERM: "dumb",
      CI: "1",
      AIDEATOR_TASK: "/run/aideator/task/task.json",
      AIDEATOR_ENVIRONMENT: "/run/aideator/task/environment.json",
    },
    mounts: [
      { from: files.tree, to: "/workspace", writable: true },
      { from: files.home, to: "/home/agent", writable: true },
      { from: files.temporary, to: "/tmp", writable: true },
      { from: spec.mirrorPath, to: "/mirror", writable: false },
      { from: bundle, to: "/opt/aideator/setup.mjs", writable: false },
      { from: files.config, to: "/run/aideator/task", writable: false },
      ...(proxySocket === undefined ? [] : [{ from: dirname(proxySocket), to: "/run/aideator/proxy", writable: false }]),
      { from: join(files.config, "passwd"), to: "/etc/passwd", writable: false },
      { from: join(files.config, "group"), to: "/etc/group", writable: false },
      { from: join(files.config, "hosts"), to: "/etc/hosts", writable: false },
      ...shown.map(({ from, to }) => ({ from, to, writable: false })),
    ],
  };
}
