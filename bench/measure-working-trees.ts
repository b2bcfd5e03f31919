import { execFileSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { AttemptSpec } from "@/server/executors/executor";
import { createLocalExecutor } from "@/server/executors/local/local-executor";
import { createGitStore } from "@/server/git/git-store-disk";
import { generateRepository, git } from "./generate-repository";
import { type BenchOptions, compare, type Measurement } from "./measurement";

const TREES = 5;
const ROUNDS = 5;
const QUICK_ROUNDS = 2;
const RUN_ID = "benchtrees00";
/** 5,000 files and a history of 200 MB. */
const SIZE = { files: 5_000, bytesPerFile: 2_000, commits: 200, filesPerCommit: 50, pictures: 1_000, bytesPerPicture: 200_000 };
const QUICK_SIZE = { ...SIZE, files: 500, commits: 20, pictures: 50 };

/**
 * Five trees of one mirror, all five at once, against five `git clone file://…`, all five at once; time, and the disk that both take beyond
 * the files that one works with. `AIDEATOR_BENCH_REPOSITORY` names a repository on this machine to use in place of a generated one.
 */
export async function measureWorkingTrees({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-bench-trees-"));
  try {
    const given = process.env.AIDEATOR_BENCH_REPOSITORY;
    const source = given === undefined || given === "" ? join(folder, "source") : resolve(given);
    if (source === join(folder, "source")) await generateRepository(source, quick ? QUICK_SIZE : SIZE);
    progress(`repository ready: ${source}`);
    const store = createGitStore({ dataDir: join(folder, "data"), gitHosts: [] });
    const mirrorPath = await store.openMirror({ kind: "path", url: source, name: basename(source) });
    const { commit } = await store.pinBase(mirrorPath, RUN_ID);
    const prepareAll = treeMaker(join(folder, "data"), mirrorPath, commit);
    const cloneAll = cloner(join(folder, "clones"), source);
    const rounds: { trees: Taken; clones: Taken }[] = [];
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
      settleDisk(folder);
      const trees = await prepareAll();
      settleDisk(folder);
      const clones = await cloneAll();
      rounds.push({ trees, clones });
      progress(`round ${round + 1}: trees ${trees.ms.toFixed(0)} ms, clones ${clones.ms.toFixed(0)} ms`);
    }
    return verdicts(rounds);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the other side left to be written must not be paid for by this one. */
function settleDisk(folder: string): void {
  execFileSync("sync", ["--file-system", folder]);
}

/** What one round of five took. `extraBytes` is without the working files. */
interface Taken {
  ms: number;
  extraBytes: number;
}

function treeMaker(dataDir: string, mirrorPath: string, baseCommit: string): () => Promise<Taken> {
  const attempts = join(dataDir, "attempts");
  // No agent is started: neither agent nor gateway is needed.
  const executor = createLocalExecutor({
    dataDir,
    // Of the shim only its boot is part of this.
    shimCommand: [process.execPath, "--eval", "process.stdin.resume()"],
    agentBundle: "",
    gatewaySocket: join(dataDir, "gateway.sock"),
    allowUnsandboxed: true,
  });
  const task = { runId: RUN_ID, attempt: 0, prompt: "", model: "demo", limits: {}, workspace: "/workspace", commandsAllowed: true };
  const specs = Array.from({ length: TREES }, (_, variation): AttemptSpec => {
    return { name: `agent-${RUN_ID}-${variation}`, mirrorPath, baseCommit, token: "", task: { ...task, variation } };
  });
  return async () => {
    // The first probe of the sandbox belongs to the start of a server.
    await executor.report();
    const start = performance.now();
    await Promise.all(specs.map((spec) => executor.prepare(spec)));
    const ms = performance.now() - start;
    const trees = await Promise.all(specs.map(({ name }) => diskUse(join(attempts, name))));
    const working = await Promise.all(specs.map(({ name }) => diskUse(join(attempts, name, "tree"), ".git")));
    await Promise.all(specs.map(({ name }) => executor.cleanup(name)));
    return { ms, extraBytes: sum(trees) - sum(working) };
  };
}

function cloner(folder: string, source: string): () => Promise<Taken> {
  const clones = Array.from({ length: TREES }, (_, index) => join(folder, String(index)));
  return async () => {
    await mkdir(folder, { recursive: true });
    const start = performance.now();
    await Promise.all(clones.map((clone) => git(folder, ["clone", "--quiet", `file://${source}`, clone])));
    const ms = performance.now() - start;
    const extra = await Promise.all(clones.map((clone) => diskUse(join(clone, ".git"))));
    await rm(folder, { recursive: true, force: true });
    return { ms, extraBytes: sum(extra) };
  };
}

function verdicts(rounds: { trees: Taken; clones: Taken }[]): Measurement[] {
  const time = compare({
    name: "trees-time",
    unit: "ms",
    subject: rounds.map(({ trees }) => trees.ms),
    reference: rounds.map(({ clones }) => clones.ms),
    target: "≤ 25 % of five clones",
    note: "five at once, on both sides; the clones are plain `git clone file://…`, without a network",
  });
  const megabytes = (bytes: number): number => bytes / 1e6;
  const disk = compare({
    name: "trees-disk",
    unit: "MB",
    subject: rounds.map(({ trees }) => megabytes(trees.extraBytes)),
    reference: rounds.map(({ clones }) => megabytes(clones.extraBytes / TREES)),
    target: "≤ 10 % of one clone's .git",
    note: "all that five attempts take beyond their working files, against the .git of one clone",
  });
  return [
    { ...time, pass: time.ratio.median <= 0.25 },
    { ...disk, pass: disk.ratio.median <= 0.1 },
  ];
}

/** Bytes that a folder takes on the disk, symbolic links not followed; folders named `without` are left out. */
async function diskUse(folder: string, without?: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter(({ name }) => name !== without)
      .map(async (entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? diskUse(path, without) : (await lstat(path)).blocks * 512;
      }),
  );
  return sum(sizes) + (await lstat(folder)).blocks * 512;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
