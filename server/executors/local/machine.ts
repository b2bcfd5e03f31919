import type { SandboxReport } from "../executor";
import type { AttemptFiles, Launch, SandboxLimits } from "./attempt-files";
import type { ProgramResult } from "./run-program";

export interface Mount {
  from: string;
  to: string;
  writable: boolean;
}

/** A program as it is seen from inside: what is not mounted and not part of the system is not there. */
export interface ConfinedProgram {
  argv: string[];
  cwd: string;
  /** All of it; nothing is inherited. */
  env: Record<string, string>;
  mounts: Mount[];
  /** The unprivileged user that it runs as. */
  uid: number;
}

/** What of a `Launch` says how the program is confined. */
export type ConfinedLaunch = Pick<
  Launch,
  "argv" | "env" | "cwd" | "reportsStatus" | "endsWhenAsked" | "seccompFile" | "oomFile" | "forksFile"
>;

/** What confines programs whose trees lie on this server's disk: bubblewrap, containers, or nothing. Found out by trying. */
export interface Machine {
  report: SandboxReport;
  /** False: mounts do not exist, so host paths are used and nothing is confined. */
  isolated: boolean;
  /** True: a user of its own for each attempt, to whom its files must be given. */
  changesUser: boolean;
  /** Node.js and the search path, inside. */
  node: string;
  path: string;
  limits: SandboxLimits;
  /** Runs a short program for the attempt `name` to its end. Rejects when it cannot be started or takes too long. */
  run(name: string, program: ConfinedProgram, timeoutMs: number): Promise<ProgramResult>;
  /** What the attempt's shim is to start, so that the program stays within `limits`. */
  launch(name: string, files: AttemptFiles, program: ConfinedProgram): Promise<ConfinedLaunch>;
  /** Programs of this list that are there inside. */
  programs(names: readonly string[]): Promise<Set<string>>;
  /** Ends whatever the attempt's agent left running. Idempotent. */
  empty(name: string): Promise<void>;
  /** Removes what the attempt has beside files and processes, once it is empty. Idempotent. */
  release(name: string): Promise<void>;
  /** Names of attempts that have such a thing. */
  list(): Promise<string[]>;
}
