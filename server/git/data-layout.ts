import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RepositoryAddress } from "./git-store";

/** Where git's stores lie below the data folder. */
export interface DataLayout {
  gitHome: string;
  mirrors: string;
  /** Half-made mirrors, quarantined packs: may be removed whenever no server runs. */
  temporary: string;
  /** Packs of bases for pods: may be removed whenever no server runs. */
  basePacks: string;
  mirror(address: RepositoryAddress): string;
  runRepository(runId: string): string;
}

/** `dataDir` is absolute. */
export function dataLayout(dataDir: string): DataLayout {
  const mirrors = join(dataDir, "mirrors");
  return {
    gitHome: join(dataDir, "git-home"),
    mirrors,
    temporary: join(dataDir, "tmp"),
    basePacks: join(dataDir, "base-packs"),
    // Keyed by address and owner of the credentials; in single-user mode there is one owner.
    mirror: ({ url }) => join(mirrors, `${createHash("sha256").update(`single-user\0${url}`).digest("hex").slice(0, 32)}.git`),
    runRepository(runId) {
      if (!/^[a-z0-9]{12,24}$/.test(runId)) throw new Error(`not a run id: ${runId}`);
      return join(dataDir, "runs", `${runId}.git`);
    },
  };
}
