import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What the shim starts and how far it lets it go. Written once, before the shim; holds the token, hence mode 0600. */
export interface Launch {
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  /** True: the program says on descriptor 3 what its sandbox is (`status-channel.ts`). */
  reportsStatus: boolean;
  /** True: the sandbox is no child of the program, which ends it when it is sent SIGTERM. */
  endsWhenAsked: boolean;
  limits: LaunchLimits;
  /** A compiled seccomp filter; given to the program as descriptor 4. */
  seccompFile?: string;
  /** Where the kernel counts what it refused, if that is known before; unless the program says so later, the shim looks itself. */
  oomFile?: string;
  forksFile?: string;
  /** What counts against `limits.diskBytes`. */
  diskFolders: string[];
  /** The server renews this file's time; when it stays old, nobody is there any more. */
  aliveFile: string;
  orphanLimitMs: number;
}

/** What one sandbox may use. Times in milliseconds on the monotonic clock. */
export interface SandboxLimits {
  memoryBytes: number;
  /** Processes and threads. */
  processes: number;
  /** One file. */
  fileBytes: number;
  /** Tree, home and temporary files together. */
  diskBytes: number;
  /** Without a word on its output for so long an agent hangs. */
  idleMs: number;
}

export interface LaunchLimits extends SandboxLimits {
  wallMs: number;
}

/** A process that is known beyond its number: numbers are used again. `startTime` is field 22 of `/proc/{pid}/stat`. */
export const processIdentitySchema = z.object({ pid: z.int().positive(), startTime: z.string() });
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** Written by the shim once it owns the attempt. `init` is the process whose end is the end of the whole sandbox. */
export const shimRecordSchema = z.object({ shim: processIdentitySchema, init: processIdentitySchema.optional() });

export const exitCauses = [
  "ended",
  "stopped",
  "wall_limit",
  "idle_limit",
  "memory_limit",
  "process_limit",
  "disk_limit",
  "no_server",
  "spawn_failed",
] as const;
export type ExitCause = (typeof exitCauses)[number];
/** The shim's last word: only it can know how the sandbox ended. */
export const exitRecordSchema = z.object({
  code: z.int().nullable(),
  signal: z.string().nullable(),
  cause: z.enum(exitCauses),
  detail: z.string().optional(),
  remedy: z.string().optional(),
});
export type ExitRecord = z.infer<typeof exitRecordSchema>;

/** One attempt's folder. */
export interface AttemptFiles {
  folder: string;
  /** Bound to `/workspace`. */
  tree: string;
  home: string;
  temporary: string;
  /** The git directory that snapshots are made in; no agent ever sees it. */
  snapshots: string;
  /** Task, passwd and the like: bound read-only. */
  config: string;
  launch: string;
  shim: string;
  spool: string;
  exit: string;
  prepared: string;
  owner: string;
}

/** The layout of an attempt's folder; `name` is checked because it becomes a path. */
export function attemptFiles(attemptsDir: string, name: string): AttemptFiles {
  if (!/^agent-[a-z0-9-]{1,80}$/.test(name)) throw new Error(`not the name of an attempt: ${name}`);
  const folder = join(attemptsDir, name);
  return {
    folder,
    tree: join(folder, "tree"),
    home: join(folder, "home"),
    temporary: join(folder, "tmp"),
    snapshots: join(folder, "snapshots"),
    config: join(folder, "config"),
    launch: join(folder, "launch.json"),
    shim: join(folder, "shim.json"),
    spool: join(folder, "spool.jsonl"),
    exit: join(folder, "exit.json"),
    prepared: join(folder, "prepared"),
    owner: join(folder, "owner.json"),
  };
}

/** Reads one of the above; undefined when it is not there. Torn or foreign content is an error: all of them are renamed into place. */
export async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return schema.parse(JSON.parse(text));
}

/** Writes beside, then renames: a reader sees all of it or nothing. */
export async function writeRecord(path: string, value: unknown): Promise<void> {
  const half = `${path}.${process.pid}.half`;
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(half, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  await rename(half, path);
}
