import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EventLog } from "@/server/storage/event-log";
import { openDatabase } from "@/server/storage/prisma/database";
import { createPrismaEventLog } from "@/server/storage/prisma/event-log";
import { createPrismaRunIndex } from "@/server/storage/prisma/run-index";
import type { RunIndex } from "@/server/storage/run-index";

export const migrations = fileURLToPath(new URL("../prisma/migrations", import.meta.url));

/** The product's own log in a database file of its own. */
export interface OpenLog {
  log: EventLog;
  index: RunIndex;
  projectId: string;
  /** For other files of the measurement; goes with the log. */
  folder: string;
  close(): Promise<void>;
}

/** A new, empty log in a new folder for temporary files. */
export async function openLog(): Promise<OpenLog> {
  const folder = await mkdtemp(join(tmpdir(), "aideator-bench-log-"));
  const database = await openDatabase(join(folder, "log.db"), migrations);
  const index = createPrismaRunIndex(database);
  const { id: projectId } = await index.projectFor("https://example.com/bench/bench", "bench/bench");
  return {
    log: createPrismaEventLog(database),
    index,
    projectId,
    folder,
    async close() {
      await database.$disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
