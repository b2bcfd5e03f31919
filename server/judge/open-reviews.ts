import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Which runs have a review under way, in `{dataDir}/reviews`: a killed server finds them without reading every log. */
export interface OpenReviews {
  mark(runId: string): Promise<void>;
  clear(runId: string): Promise<void>;
  list(): Promise<string[]>;
}

const RUN = /^[a-z0-9]{12,24}$/;

/** See `OpenReviews`. */
export function createOpenReviews(dataDir: string): OpenReviews {
  const root = join(dataDir, "reviews");
  return {
    async mark(runId) {
      if (!RUN.test(runId)) throw new Error("not a run id");
      await mkdir(root, { recursive: true, mode: 0o700 });
      await writeFile(join(root, runId), "");
    },
    clear: (runId) => rm(join(root, runId), { force: true }),
    list: async () => (await readdir(root).catch(() => [])).filter((name) => RUN.test(name)),
  };
}
