import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { landingOutcomeSchema } from "@/lib/run/landing-events";

const touchedSchema = z.object({
  path: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
  beforeMode: z.string().optional(),
  afterMode: z.string().optional(),
});

/** A landing that is under way, written down before its first step: what a restart needs to finish or undo it. */
const entrySchema = z.object({
  runId: z.string().regex(/^[a-z0-9]{12,24}$/),
  id: z.string().regex(/^[a-f0-9]{20}$/),
  /** Only for checkouts. */
  write: z
    .object({
      path: z.string(),
      mode: z.enum(["commit", "worktree", "branch"]),
      head: z.string(),
      commit: z.string(),
      newRef: z.string().optional(),
      touched: z.array(touchedSchema),
    })
    .optional(),
  /** What is said when it turns out to be finished. */
  outcome: landingOutcomeSchema.optional(),
});
export type JournalEntry = z.infer<typeof entrySchema>;

export interface Journal {
  write(entry: JournalEntry): Promise<void>;
  remove(entry: Pick<JournalEntry, "runId" | "id">): Promise<void>;
  list(): Promise<JournalEntry[]>;
}

/** One small file per landing below the data folder. */
export function createJournal(dataDir: string): Journal {
  const folder = join(dataDir, "landings");
  const fileOf = ({ runId, id }: Pick<JournalEntry, "runId" | "id">): string => join(folder, `${runId}-${id}.json`);
  return {
    async write(entry) {
      await mkdir(folder, { recursive: true });
      const file = fileOf(entry);
      const handle = await open(`${file}.new`, "w");
      try {
        await handle.writeFile(JSON.stringify(entry));
        // It must be there before the first file of the checkout changes, also when the power fails.
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(`${file}.new`, file);
    },
    remove: (entry) => rm(fileOf(entry), { force: true }),
    async list() {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
      const entries = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8")) as unknown));
      return entries.flatMap((entry) => entrySchema.safeParse(entry).data ?? []);
    },
  };
}
