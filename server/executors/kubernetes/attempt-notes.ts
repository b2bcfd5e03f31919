import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AttemptExit } from "../executor";
import { attemptFiles, readRecord, writeRecord } from "../local/attempt-files";
import type { PodConfig } from "./pod-config";

const launchSchema = z.object({
  executor: z.literal("kubernetes"),
  /** What the pod is to be given, until it was: a server that dies in between gives it at its next start. Holds the token. */
  config: z.custom<PodConfig>((value) => typeof value === "object" && value !== null).optional(),
});
const exitSchema = z.object({ exit: z.custom<AttemptExit>((value) => typeof value === "object" && value !== null && "kind" in value) });
const stopSchema = z.object({ stopped: z.literal(true) });

/** What this server did to an attempt, kept in the attempt's folder before it is done: the cluster forgets, and takes no notes. */
export interface AttemptNotes {
  /** Before the Job is made. A folder without it holds nobody's work. */
  beforeStart(name: string, config: PodConfig): Promise<void>;
  /** The pod has what it needs. */
  started(name: string): Promise<void>;
  /** What a pod may still wait for; undefined where it was given, or nothing was started. */
  owed(name: string): Promise<PodConfig | undefined>;
  /** Before the Job is deleted because somebody asked for it: other deletions are not ours. */
  stopping(name: string): Promise<void>;
  wasStopped(name: string): Promise<boolean>;
  ended(name: string, exit: AttemptExit): Promise<void>;
  exit(name: string): Promise<AttemptExit | undefined>;
}

/** `attemptsDir`: the folder of all attempts. */
export function createAttemptNotes(attemptsDir: string): AttemptNotes {
  const filesOf = (name: string) => {
    const files = attemptFiles(attemptsDir, name);
    return { ...files, stop: join(files.folder, "stopped.json") };
  };
  return {
    async beforeStart(name, config) {
      const files = filesOf(name);
      await rm(files.stop, { force: true });
      await writeRecord(files.launch, { executor: "kubernetes", config });
    },
    started: (name) => writeRecord(filesOf(name).launch, { executor: "kubernetes" }),
    owed: async (name) => (await readRecord(filesOf(name).launch, launchSchema))?.config,
    stopping: (name) => writeRecord(filesOf(name).stop, { stopped: true }),
    wasStopped: async (name) => (await readRecord(filesOf(name).stop, stopSchema)) !== undefined,
    ended: (name, exit) => writeRecord(filesOf(name).exit, { exit }),
    exit: async (name) => (await readRecord(filesOf(name).exit, exitSchema))?.exit,
  };
}
