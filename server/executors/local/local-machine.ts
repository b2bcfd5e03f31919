import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { findProgram } from "./find-program";
import type { Machine } from "./machine";
import type { MachineProbe } from "./probe-machine";
import { runProgram } from "./run-program";

/** Programs of this very machine, confined by bubblewrap where that holds. The filter of system calls is kept in the data folder. */
export async function localMachine({ sandbox, resources, report }: MachineProbe, dataDir: string): Promise<Machine> {
  const { isolated, changesUser, node, path, seccomp } = sandbox;
  const seccompFile = seccomp === undefined ? undefined : join(dataDir, "seccomp.bpf");
  if (seccomp !== undefined && seccompFile !== undefined) await writeFile(seccompFile, seccomp);
  return {
    report,
    isolated,
    changesUser,
    node,
    path,
    limits: resources.limits,
    run: (_, program, timeoutMs) => runProgram(sandbox.wrap(program), { env: program.env, timeoutMs }),
    async launch(name, _, program) {
      const inside = sandbox.wrap({ ...program, statusFd: 3, seccompFd: seccompFile === undefined ? undefined : 4 });
      const { argv, oomFile, forksFile } = await resources.confine(name, inside);
      return {
        argv,
        oomFile,
        forksFile,
        // bubblewrap clears the environment and sets what is in its arguments; bare programs get it directly.
        env: isolated ? { PATH: path } : program.env,
        cwd: isolated ? "/" : program.cwd,
        reportsStatus: isolated,
        endsWhenAsked: false,
        seccompFile,
      };
    },
    async programs(names) {
      // The sandbox's own search path: a program elsewhere is not seen inside.
      const found = await Promise.all(names.map((name) => findProgram(name, path.split(delimiter))));
      return new Set(names.filter((_, at) => found[at] !== undefined));
    },
    empty: resources.empty,
    release: resources.release,
    list: resources.groups,
  };
}
