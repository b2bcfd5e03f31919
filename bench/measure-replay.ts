import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NewRunEvent, RunEvent } from "@/lib/run/events";
import { reduceRun } from "@/lib/run/reduce";
import { emptyRun } from "@/lib/run/state";
import { createRunFeed } from "@/server/runs/run-feed";
import { createRunWriter } from "@/server/runs/run-writer";
import { decodeEvents } from "@/server/storage/encoded-events";
import { type BenchOptions, compare, type Measurement, median } from "./measurement";
import { openLog } from "./open-log";
import { repeatEvents } from "./repeat-events";

const EVENTS = 100_000;
const QUICK_EVENTS = 10_000;
const ROUNDS = 3;
const QUICK_ROUNDS = 2;
const ALLOWED_MS = 1_000;
/** What the socket gateway asks for at once. */
const LIMIT = 500;
const RUN_ID = "benchreplay00";

type Read = (take: (events: RunEvent[]) => void) => Promise<void>;

/** A long run from the log through the feed, and folded, against the same JSON from a file, line by line, and folded by the same reducer. */
export async function measureReplay({ quick, progress }: BenchOptions): Promise<Measurement[]> {
  const count = quick ? QUICK_EVENTS : EVENTS;
  const open = await openLog();
  try {
    const batches = repeatEvents(count);
    const file = join(open.folder, "events.jsonl");
    await writeFile(
      file,
      batches
        .flat()
        .map((event) => JSON.stringify(event))
        .join("\n"),
    );
    const projection = { status: "running", summary: "{}" };
    await open.log.create({ runId: RUN_ID, projectId: open.projectId, createdAt: 1, events: batches[0] ?? [], projection });
    let last = batches[0]?.length ?? 0;
    for (const events of batches.slice(1)) {
      await open.log.append(RUN_ID, { events, ifSeq: last });
      last += events.length;
    }
    progress(`${last} events in ${batches.length} batches are in the log`);
    // A writer that has seen no commit: nothing of the run is in memory, as after a restart.
    const fromFeed: Read = async (take) => {
      const stop = new AbortController();
      const feed = createRunFeed(
        open.log,
        createRunWriter(open.log, () => 1),
      );
      for await (const { events } of feed.follow(RUN_ID, 0, { signal: stop.signal, limit: LIMIT })) {
        take(decodeEvents(events));
        if (events.last === last) stop.abort();
      }
    };
    return await compareReads(fromFeed, fileReader(file), last, quick ? QUICK_ROUNDS : ROUNDS);
  } finally {
    await open.close();
  }
}

function fileReader(file: string): Read {
  return async (take) => {
    const lines = (await readFile(file, "utf8")).split("\n");
    take(lines.map((line, index) => ({ runId: RUN_ID, seq: index + 1, ...(JSON.parse(line) as NewRunEvent) })));
  };
}

async function compareReads(feed: Read, plain: Read, count: number, rounds: number): Promise<Measurement[]> {
  const times = { feedRead: [] as number[], plainRead: [] as number[], feedFold: [] as number[], plainFold: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    times.feedRead.push(await timed(feed, count, false));
    times.plainRead.push(await timed(plain, count, false));
    times.feedFold.push(await timed(feed, count, true));
    times.plainFold.push(await timed(plain, count, true));
  }
  const note = `${count} events`;
  const read = { name: "replay-read", unit: "ms", subject: times.feedRead, reference: times.plainRead, target: "none of its own", note };
  const folded = median(times.feedFold);
  return [
    compare(read),
    compare({
      name: "replay-fold",
      unit: "ms",
      subject: times.feedFold,
      reference: times.plainFold,
      target: `< ${ALLOWED_MS} ms with 100,000 events`,
      judge: () => folded < ALLOWED_MS,
      note: `${note}; reading and folding, without the network between and the painting after it`,
    }),
  ];
}

/** ms to read all, and to fold it; throws when something is missing. */
async function timed(read: Read, count: number, fold: boolean): Promise<number> {
  const start = performance.now();
  let state = emptyRun(RUN_ID);
  let seen = 0;
  await read((events) => {
    seen += events.length;
    if (fold) state = reduceRun(state, events);
  });
  const taken = performance.now() - start;
  if (seen !== count || (fold && state.lastSeq !== count)) throw new Error(`${seen} of ${count} events were read`);
  return taken;
}
