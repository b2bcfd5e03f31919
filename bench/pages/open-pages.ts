import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewRunEvent } from "@/lib/run/events";
import { openDatabase } from "@/server/storage/prisma/database";
import { createPrismaEventLog } from "@/server/storage/prisma/event-log";
import { createPrismaRunIndex } from "@/server/storage/prisma/run-index";
import { apiClient, ended } from "../../e2e/api-client";
import { startServer } from "../../e2e/server";
import { generateRepository } from "../generate-repository";
import { migrations } from "../open-log";
import { repeatEvents } from "../repeat-events";

const LONG_RUN = "benchpages00";
const VARIATIONS = 5;

/** A built server with two runs that have ended. */
export interface OpenPages {
  url: string;
  /** Five variations that changed as many files as asked for. */
  wideRun: string;
  /** As many events as asked for, with the same pane contents over and over. */
  longRun: string;
  close(): Promise<void>;
}

/** Starts the built server on a data folder of its own, with a run that changed `files` files and one of `events` events. */
export async function openPages({ files, events }: { files: number; events: number }): Promise<OpenPages> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-bench-pages-"));
  const repository = join(folder, "repository");
  await generateRepository(repository, { files, bytesPerFile: 4_000, commits: 1, filesPerCommit: 0, pictures: 0, bytesPerPicture: 0 });
  const scripts = join(folder, "scripts");
  await mkdir(scripts);
  await writeFile(join(scripts, "wide.json"), JSON.stringify(wideScenario()));
  const server = await startServer({ AIDEATOR_LOCAL_REPOS: repository, AIDEATOR_SCRIPTS: scripts });
  const close = async (): Promise<void> => {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const api = apiClient(server.url);
    const line_up = Array.from({ length: VARIATIONS }, () => ({ model: "script:wide" }));
    const { run_id: wideRun } = await api.startRun({ github_url: repository, prompt: "Change every file", line_up });
    const { status } = await api.until(wideRun, ended, 300_000);
    if (status !== "completed") throw new Error(`the run that changes every file ended as ${status}: its commands need a sandbox`);
    await server.kill("SIGTERM");
    await writeLongRun(join(server.dataDir, "aideator.db"), events);
    await server.restart();
    return { url: server.url, wideRun, longRun: LONG_RUN, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Each variation edits every file, at a line of its own. */
function wideScenario(): object {
  const command = `n=$(printf '%d' "'{{letter}}"); find src -name '*.ts' -exec sed -i "$((n % 7 + 2))s/.*/\\/\\/ changed by {{letter}}/" {} +`;
  const turns = [
    { steps: [{ text: "I change every file.\n" }, { tool: "command", input: { command } }] },
    { steps: [{ text: "Done.\n" }] },
  ];
  return { default: { turns } };
}

/** Straight into the log: played through agents it would take an hour. */
async function writeLongRun(file: string, count: number): Promise<void> {
  const database = await openDatabase(file, migrations);
  try {
    const { id: projectId } = await createPrismaRunIndex(database).projectFor("https://example.com/bench/bench", "bench/bench");
    const log = createPrismaEventLog(database);
    const batches = [...joined(repeatEvents(count)), endOf(VARIATIONS)];
    const projection = { status: "completed", summary: "{}" } as const;
    let last = 0;
    for (const events of batches) {
      if (last === 0) await log.create({ runId: LONG_RUN, projectId, createdAt: 1, events, projection });
      else await log.append(LONG_RUN, { events, ifSeq: last });
      last += events.length;
    }
  } finally {
    await database.$disconnect();
  }
}

/** As many events a row as the server writes under load; written one by one they would take minutes. */
function joined(batches: NewRunEvent[][]): NewRunEvent[][] {
  const all = batches.flat();
  return Array.from({ length: Math.ceil(all.length / 20) }, (_, part) => all.slice(part * 20, part * 20 + 20));
}

function endOf(variations: number): NewRunEvent[] {
  const at = Date.now();
  const ends = Array.from({ length: variations }, (_, variation) => ({
    at,
    variation,
    attempt: 0,
    event: { type: "variation.completed" } as const,
  }));
  return [...ends, { at, event: { type: "run.completed" } }];
}
