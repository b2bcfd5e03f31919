import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunEventBody } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun, type RunState } from "@/lib/run/state";
import { createGitStore } from "@/server/git/git-store-disk";
import { createDiffService } from "@/server/runs/diff-service";
import { generateRepository } from "./generate-repository";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";

const RUN_ID = "benchdiff0000";
const ROUNDS = 9;
const QUICK_ROUNDS = 2;
/** Files are drawn with repetition: some 11,000 of 12,000 are changed. */
const SIZE = { files: 12_000, bytesPerFile: 2_000, commits: 2, filesPerCommit: 30_000, pictures: 0, bytesPerPicture: 0 };
const QUICK_SIZE = { ...SIZE, files: 1_200, filesPerCommit: 3_000 };
const PAGE = 10_000;

/**
 * The diff of a change to more than 10,000 files, from the question to the JSON of all pages, against `git diff-tree` itself. Nothing is known yet:
 * each round has a store of its own, so that neither the diff nor the base's `.gitattributes` are remembered.
 */
export async function measureDiff({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-bench-diff-"));
  try {
    const source = join(folder, "source");
    await generateRepository(source, quick ? QUICK_SIZE : SIZE);
    const dataDir = join(folder, "data");
    const store = createGitStore({ dataDir, gitHosts: [] });
    const mirror = await store.openMirror({ kind: "path", url: source, name: "source" });
    const { commit: work } = await store.pinBase(mirror, RUN_ID);
    const base = revision(mirror, `${work}~1`);
    const repository = await store.createRunRepository(RUN_ID, mirror, base);
    const run = runWith(base, { commit: work, tree: revision(mirror, `${work}^{tree}`) });
    const changed = (await store.diff(RUN_ID, base, work)).totals.files;
    progress(`repository ready: ${changed} files changed`);
    const [subject, reference]: [number[], number[]] = [[], []];
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
      subject.push(await timed(() => askForAll(dataDir, run)));
      reference.push(await timed(() => plainDiff(repository, base, work)));
      progress(`round ${round + 1}: diff ${subject.at(-1)?.toFixed(0)} ms, git ${reference.at(-1)?.toFixed(0)} ms`);
    }
    return [
      compare({
        name: "diff",
        unit: "ms",
        subject,
        reference,
        target: "10,000 files in < 1 s",
        note: `${changed} changed files, all pages as JSON; the reference is git diff-tree --raw --numstat with renames`,
        judge: (values) => median(values) < 1_000,
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function askForAll(dataDir: string, run: RunState): Promise<void> {
  const service = createDiffService({ state: async () => run }, createGitStore({ dataDir, gitHosts: [] }));
  for (let cursor: string | undefined | null; cursor !== null; ) {
    const page = await service.diff(RUN_ID, { from: "base", to: "a", ignore_whitespace: "0", limit: PAGE, cursor });
    if (JSON.stringify(page).length === 0 || page.files.length === 0) throw new Error("the diff is empty");
    cursor = page.next_cursor;
  }
}

async function plainDiff(repository: string, from: string, to: string): Promise<void> {
  execFileSync("git", ["diff-tree", "-r", "-z", "-M", "--raw", "--numstat", from, to], { cwd: repository, maxBuffer: 1e9 });
}

async function timed(task: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await task();
  return performance.now() - start;
}

function revision(repository: string, name: string): string {
  return execFileSync("git", ["rev-parse", name], { cwd: repository, encoding: "utf8" }).trim();
}

/** A run of one variation, with one snapshot. */
function runWith(base: string, snapshot: { commit: string; tree: string }): RunState {
  const bodies: RunEventBody[] = [
    {
      type: "run.created",
      prompt: "p",
      projectId: "p",
      repositoryUrl: "u",
      repositoryName: "n",
      variations: [{ agent: "builtin", model: "demo" }],
    },
    { type: "run.base_pinned", commit: base, submodules: 0, lfsPointers: 0 },
    { type: "snapshot.taken", ...snapshot, reason: "final", files: 0, added: 0, deleted: 0 },
  ];
  const place = (event: RunEventBody) => (event.type === "snapshot.taken" ? { variation: 0, attempt: 0 } : {});
  return reduceRun(
    emptyRun(RUN_ID),
    bodies.map((event, index) => ({ runId: RUN_ID, seq: index + 1, at: 1, ...place(event), event })),
  );
}
