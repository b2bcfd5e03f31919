import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { NewRunEvent } from "@/lib/run/events";
import { createGitStore } from "../git/git-store-disk";
import { createRunWriter, type RunWriter } from "../runs/run-writer";
import { openDatabase } from "../storage/prisma/database";
import { createPrismaEventLog } from "../storage/prisma/event-log";
import { createPrismaRunIndex } from "../storage/prisma/run-index";

/** A run with real repositories and a real log, whose agents are the test itself. */
export interface RunTrees {
  dir: string;
  /** The user's repository: branch `main` (the base) and branch `private`, which no run has anything to do with. */
  source: string;
  runId: string;
  projectId: string;
  base: string;
  /** A commit of `private` and the blob in it: in the mirror, not in the run. */
  foreign: { commit: string; blob: string };
  writer: RunWriter;
  store: ReturnType<typeof createGitStore>;
  /** A person's git; stdout, trimmed. */
  git(cwd: string, args: string[], input?: string | Buffer): string;
  /** The same in the background, for servers that live in this process. */
  client(cwd: string, args: string[], env?: Record<string, string>): Promise<{ code: number | null; out: string; err: string }>;
  /** What a variation did to the base: the snapshot is imported and recorded. */
  snapshot(variation: number, change: (tree: string) => void, reason?: "tool" | "final"): Promise<string>;
  record(event: NewRunEvent): Promise<void>;
  dispose(): Promise<void>;
}

/** `files` are those of the base. */
export async function createRunTrees(
  runId: string,
  files: Record<string, string | Buffer>,
  prepare?: (source: string) => void,
): Promise<RunTrees> {
  const dir = mkdtempSync(join(tmpdir(), "aideator-trees-"));
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: dir, GIT_TERMINAL_PROMPT: "0" } as unknown as NodeJS.ProcessEnv;
  const settings = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main", "-c", "gc.auto=0"];
  const git: RunTrees["git"] = (cwd, args, input) =>
    execFileSync("git", [...settings, ...args], { cwd, input, encoding: "utf8", env, maxBuffer: 1e9 }).trim();
  const source = join(dir, "source");
  mkdirSync(source);
  git(source, ["init", "-q"]);
  for (const [path, content] of Object.entries(files)) writeTree(source, path, content);
  git(source, ["add", "-A"]);
  git(source, ["commit", "-qm", "base"]);
  prepare?.(source);
  git(source, ["switch", "-qc", "private"]);
  writeTree(source, "private.txt", "nobody's business\n");
  git(source, ["add", "-A"]);
  git(source, ["commit", "-qm", "private"]);
  const foreign = { commit: git(source, ["rev-parse", "HEAD"]), blob: git(source, ["rev-parse", "HEAD:private.txt"]) };
  git(source, ["switch", "-q", "main"]);

  const store = createGitStore({ dataDir: join(dir, "data"), gitHosts: [] });
  const mirror = await store.openMirror({ kind: "path", url: source, name: "source" });
  const { commit: base } = await store.pinBase(mirror, runId);
  await store.createRunRepository(runId, mirror, base);
  const database = await openDatabase(join(dir, "log.db"), "prisma/migrations");
  const project = await createPrismaRunIndex(database).projectFor(source, "source");
  const writer = createRunWriter(createPrismaEventLog(database), Date.now);
  const specs = Array.from({ length: 3 }, () => ({ agent: "builtin", model: "demo" }));
  const created = {
    type: "run.created" as const,
    prompt: "p",
    projectId: project.id,
    repositoryUrl: source,
    repositoryName: "n",
    variations: specs,
  };
  await writer.create({ runId, projectId: project.id, createdAt: 1, events: [{ at: 1, event: created }] });
  const record = async (event: NewRunEvent): Promise<void> => {
    await writer.record(runId, [event]);
  };
  await record({ at: 2, event: { type: "run.base_pinned", commit: base, branch: "main", submodules: 0, lfsPointers: 0 } });

  return {
    dir,
    source,
    runId,
    projectId: project.id,
    base,
    foreign,
    writer,
    store,
    git,
    record,
    client(cwd, args, more = {}) {
      const child = spawn("git", [...settings, ...args], { cwd, env: { ...env, ...more } });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk) => (out += String(chunk)));
      child.stderr.on("data", (chunk) => (err += String(chunk)));
      return new Promise((resolve) => child.on("close", (code) => resolve({ code, out: out.trim(), err: err.trim() })));
    },
    async snapshot(variation, change, reason = "final") {
      const clone = mkdtempSync(join(dir, "clone-"));
      git(dir, ["clone", "-q", "--shared", "--branch", "main", source, clone]);
      change(clone);
      git(clone, ["add", "-A"]);
      const commit = git(clone, ["commit-tree", git(clone, ["write-tree"]), "-p", base, "-m", "work"]);
      const packFile = join(clone, ".git", "work.pack");
      const pack = ["pack-objects", "--revs", "--thin", "--stdout", "-q"];
      writeFileSync(packFile, execFileSync("git", pack, { cwd: clone, input: `${commit}\n^${base}\n`, maxBuffer: 1e9 }));
      const totals = await store.importTree({ runId, base, commit, packFile, variation, attempt: 0 });
      const { files: count, added, deleted, tree } = totals;
      await record({
        at: 3,
        variation,
        attempt: 0,
        event: { type: "snapshot.taken", commit, tree, reason, files: count, added, deleted },
      });
      rmSync(clone, { recursive: true });
      return commit;
    },
    async dispose() {
      await database.$disconnect();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Writes a file with its folders. */
export function writeTree(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
