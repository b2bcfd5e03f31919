import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunImages } from "./run-images";

const RUN_ID = /^[a-z0-9]{12,24}$/;

/** Pictures as files: `images/{runId}/{index}` below the data folder. */
export function createRunImages(dataDir: string): RunImages {
  const folder = (runId: string): string => {
    if (!RUN_ID.test(runId)) throw new Error(`not a run id: ${runId}`);
    return join(dataDir, "images", runId);
  };
  const path = (runId: string, index: number): string => join(folder(runId), String(index));
  return {
    path,
    async save(runId, images) {
      if (images.length === 0) return;
      await mkdir(folder(runId), { recursive: true, mode: 0o700 });
      await Promise.all(images.map((bytes, index) => writeFile(path(runId, index), bytes, { mode: 0o600 })));
    },
    async read(runId, index) {
      try {
        return await readFile(path(runId, index));
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    },
    remove: (runId) => rm(folder(runId), { recursive: true, force: true }),
  };
}
