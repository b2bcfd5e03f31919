import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createRandom } from "@/e2e/faults/random";
import { choicesOf, compose } from "@/lib/compare/compose";
import type { FileVersion, FileVersions } from "@/lib/compare/file-versions";
import { mapFile } from "@/lib/compare/map-file";
import { openMapRun } from "./map-run";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";

const VARIATIONS = 5;
const FILES = 500;
const QUICK_FILES = 50;
const LINES = 300;
const PLACES = 10;
const ROUNDS = 9;
const QUICK_ROUNDS = 2;

/**
 * The map of five variations that changed 500 files in 5,000 places, against `git diff` of each variation, which finds the changes but compares
 * nobody's with anybody's: once from texts in memory, once in the service: from commits to an answer, by way of the thread.
 */
export async function measureMap({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-bench-map-"));
  try {
    const files = makeFiles(quick ? QUICK_FILES : FILES);
    await writeFiles(folder, files);
    progress(`${files.length} files ready`);
    const run = await openMapRun(folder, VARIATIONS);
    const [subject, reference]: [number[], number[]] = [[], []];
    const [asked, busy, blocked]: [number[], number[], number[]] = [[], [], []];
    let rows = 0;
    for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round += 1) {
      subject.push(
        timed(() => {
          rows = files.reduce((sum, file) => sum + mapFile(file).rows.length, 0);
        }),
      );
      reference.push(timed(() => plainDiffs(folder)));
      const answer = await run.ask();
      asked.push(answer.ms);
      busy.push(answer.busy);
      blocked.push(answer.blocked);
      const [own, git, thread, whole, still] = [subject, reference, busy, asked, blocked].map((values) => values.at(-1)?.toFixed(0));
      progress(`round ${round + 1}: map ${own} ms, git ${git} ms; thread ${thread} ms of ${whole} ms, own thread stood still ${still} ms`);
    }
    await run.close();
    checkTaken(files);
    return [
      compare({
        name: "map",
        unit: "ms",
        subject,
        reference,
        target: "5 variations × 500 files × 5,000 places in < 1 s",
        note: `${files.length} files of ${LINES} lines, ${rows} rows in the map; the reference is git diff of two folders, once per variation`,
        judge: (values) => median(values) < 1_000,
      }),
      compare({
        name: "map, in its thread",
        unit: "ms",
        subject: busy,
        reference,
        target: "< 1 s, off the server's own thread",
        note: `contents in, answers out, the code still cold; with what git has to find and read before, ${median(asked).toFixed(0)} ms from the question to the answer (median), in which the server's own thread stood still ${median(blocked).toFixed(0)} ms at most`,
        judge: (values) => median(values) < 1_000,
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each place is changed by some of the variations, in one of three ways: replaced, added to, removed. */
function makeFiles(count: number): FileVersions[] {
  const random = createRandom(7);
  const word = (): string => random.pick(["return", "const", "value", "}", "{", "await", "if", "next", "count", "item"]);
  return Array.from({ length: count }, (_, file) => {
    const lines = Array.from({ length: LINES }, (_, at) => (at % 7 === 6 ? "\n" : `  ${word()} ${word()} ${random.between(0, 99)}\n`));
    const versions = Array.from({ length: VARIATIONS }, () => [...lines]);
    for (let place = 0; place < PLACES; place += 1) {
      const at = Math.floor(((place + 0.5) * LINES) / PLACES) + random.between(-5, 5);
      for (const version of versions) {
        if (random.next() < 0.4) continue;
        const choice = random.between(0, 2);
        version[at] = choice === 0 ? "" : `  changed ${choice}\n${choice === 1 ? (lines[at] ?? "") : ""}`;
      }
    }
    const variations = versions.map((version): FileVersion => ({ kind: "text", text: version.join("") }));
    return { path: `src/folder-${file % 20}/file-${file}.ts`, base: { kind: "text", text: lines.join("") }, variations };
  });
}

async function writeFiles(folder: string, files: readonly FileVersions[]): Promise<void> {
  for (const { path, base, variations } of files) {
    for (const [index, version] of [base, ...variations].entries()) {
      if (version?.kind !== "text") continue;
      const target = join(folder, String(index), path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, version.text);
    }
  }
}

function plainDiffs(folder: string): void {
  for (let variation = 1; variation <= VARIATIONS; variation += 1) {
    try {
      execFileSync("git", ["diff", "--no-index", "0", String(variation)], { cwd: folder, maxBuffer: 1e9 });
    } catch (error) {
      // It ends with 1 where the folders differ.
      if ((error as { status?: number }).status !== 1) throw error;
    }
  }
}

/** The figures would be worth nothing if the map were wrong. */
function checkTaken(files: readonly FileVersions[]): void {
  for (const file of files) {
    const map = mapFile(file);
    file.variations.forEach((version, variation) => {
      const { content } = compose(map, choicesOf(map, variation));
      if (version.kind !== "text" || content?.kind !== "text" || content.text !== version.text)
        throw new Error(`${file.path} is mapped wrongly`);
    });
  }
}

function timed(task: () => void): number {
  const start = performance.now();
  task();
  return performance.now() - start;
}
