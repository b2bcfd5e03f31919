import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline, Readable, Transform } from "node:stream";
import { pipeline as piped } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { targetOfVariation } from "@/lib/run/check-names";
import { standingCompositions } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";
import { AppError } from "../app-error";
import type { Download, LandingService } from "../landing/landing-service";
import type { RunWriter } from "../runs/run-writer";
import type { EventLog } from "../storage/event-log";
import { type BundledPatch, bundleManifest, collectFacts, type LogFacts } from "./manifest";
import { type TarEntry, tarArchive } from "./tar";

/** Events per read of the log. */
const PAGE = 1_000;

export interface BundleContext {
  writer: Pick<RunWriter, "state">;
  eventLog: Pick<EventLog, "read">;
  landings: Pick<LandingService, "patch">;
  /** Absolute; what a crash leaves there is removed by the reconciler. */
  temporaryDir: string;
  version: string;
}

/** A run as a file to keep or pass on: `manifest.json`, `events.jsonl`, `patches/a.patch`, `patches/composition-1.patch` …, as tar.gz. The same run gives the same files. */
export interface RunBundles {
  /** Rejects with `not_found`. Of a run that goes on it holds what there is so far. */
  open(runId: string): Promise<Download>;
}

/** See `RunBundles`. Everything is written to temporary files first: tar wants sizes, and nobody's memory should hold a log. */
export function createRunBundles({ writer, eventLog, landings, temporaryDir, version }: BundleContext): RunBundles {
  async function writeEvents(runId: string, last: number, file: string): Promise<LogFacts> {
    const out = await open(file, "w");
    const facts = collectFacts();
    try {
      for (let after = 0; after < last; ) {
        const events = (await eventLog.read(runId, after, PAGE)).filter(({ seq }) => seq <= last);
        const newest = events.at(-1);
        if (newest === undefined) throw new Error(`the log of ${runId} ends at ${after}, not at ${last}`);
        const lines = events.map((event) => {
          const line = `${JSON.stringify(event)}\n`;
          facts.add(event, line);
          return line;
        });
        await out.writeFile(lines.join(""));
        after = newest.seq;
      }
    } finally {
      await out.close();
    }
    return facts.facts();
  }

  async function writePatches(run: RunState, folder: string): Promise<Map<string, BundledPatch>> {
    const patches = new Map<string, BundledPatch>();
    await mkdir(join(folder, "patches"));
    const write = async (head: string, what: TreeSource): Promise<void> => {
      const name = `patches/${head}.patch`;
      const { body } = await landings.patch(run.runId, what);
      patches.set(head, { name, sha256: await writeHashed(body, join(folder, name)) });
    };
    for (const { index, snapshot } of run.variations) if (snapshot !== undefined) await write(targetOfVariation(index), { winner: index });
    for (const { number, snapshot } of standingCompositions(run))
      if (snapshot !== undefined) await write(compositionHead(number), { composition: number });
    return patches;
  }

  async function fill(run: RunState, folder: string): Promise<TarEntry[]> {
    const facts = await writeEvents(run.runId, run.lastSeq, join(folder, "events.jsonl"));
    const patches = await writePatches(run, folder);
    await writeFile(join(folder, "manifest.json"), `${JSON.stringify(bundleManifest(run, { facts, patches, version }), undefined, 2)}\n`);
    const names = ["manifest.json", "events.jsonl", ...[...patches.values()].map(({ name }) => name)];
    return Promise.all(
      names.map(async (name) => {
        const file = join(folder, name);
        return { name: `aideator-${run.runId}/${name}`, file, size: (await stat(file)).size };
      }),
    );
  }

  return {
    async open(runId) {
      const run = await writer.state(runId);
      if (run === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
      await mkdir(temporaryDir, { recursive: true });
      const folder = await mkdtemp(join(temporaryDir, "bundle-"));
      const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
      try {
        const entries = await fill(run, folder);
        const archive = Readable.from(tarArchive(entries, (run.endedAt ?? run.createdAt) / 1_000), { objectMode: false });
        // Also called when the reader hangs up.
        const body = pipeline(archive, createGzip(), () => void remove());
        return { name: `aideator-${runId}.tar.gz`, contentType: "application/gzip", body };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}

/** Resolves to the SHA-256 of what was written. */
async function writeHashed(body: Readable, file: string): Promise<string> {
  const hash = createHash("sha256");
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await piped(body, tap, createWriteStream(file));
  return hash.digest("hex");
}
