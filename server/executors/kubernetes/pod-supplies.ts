import { createHash, randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { AttemptSpec, SetupSpec } from "../executor";
import { attemptFiles, readRecord, writeRecord } from "../local/attempt-files";

const supplySchema = z.object({
  /** The bare repository that the base is in. */
  mirrorPath: z.string(),
  baseCommit: z.string(),
  /** Kept dependencies. */
  dependencies: z.string().optional(),
  /** Pictures of the prompt. */
  images: z.array(z.string()),
  /** Files and folders that a set-up or check is shown. */
  shown: z.array(z.string()),
  /** What it may bring. */
  brings: z.array(z.enum(["reports", "kept"])),
  /** Of a set-up: its way out. */
  proxySocket: z.string().optional(),
});
/** What one pod may fetch; absolute paths of this machine. */
export type Supply = z.infer<typeof supplySchema>;

/** What set-ups and checks leave behind, as a tar archive of strangers. */
export type LeftKind = "reports" | "kept";

/**
 * What pods of this server may fetch, and what set-ups and checks bring. It lies in the attempt's folder, so that a pod which comes after a
 * restart of the server gets it, too.
 */
export interface PodSupplies {
  /** Notes what a pod of this spec may fetch; before it can ask. Repeated freely. */
  offer(spec: AttemptSpec | SetupSpec): Promise<void>;
  /** A token of its own for a set-up or a check, which no run knows. It ends with `forget`, and with this process. */
  issueToken(name: string): string;
  /** Whose such a token is. */
  holderOf(token: string): string | undefined;
  find(name: string): Promise<Supply | undefined>;
  /** Where the pack of the tree that an attempt starts as is, if it has one. */
  startPack(name: string): string;
  /** `body`: a tar archive, not looked into. */
  putLeft(name: string, kind: LeftKind, body: Readable): Promise<void>;
  /** The archive's path, whether it came or not. */
  left(name: string, kind: LeftKind): string;
  forget(name: string): void;
}

/** `attemptsDir`: the folder of all attempts. */
export function createPodSupplies(attemptsDir: string): PodSupplies {
  const holders = new Map<string, string>();
  const at = (name: string, file: string): string => join(attemptFiles(attemptsDir, name).folder, file);
  const left = (name: string, kind: LeftKind): string => at(name, `${kind}.tar`);

  async function keep(path: string, body: Readable): Promise<void> {
    await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
    // Two that come at once do not write into one another's.
    const half = `${path}.${randomBytes(6).toString("hex")}.half`;
    try {
      await pipeline(body, createWriteStream(half, { mode: 0o600 }));
      await rename(half, path);
    } finally {
      await rm(half, { force: true });
    }
  }

  return {
    async offer(spec) {
      const { mirrorPath, baseCommit, start, environment } = spec;
      if (start !== undefined) await keep(at(spec.name, "start.pack"), start.pack());
      const own =
        "task" in spec
          ? { images: (spec.images ?? []).map(({ hostPath }) => hostPath), shown: [], brings: [] }
          : { images: [], shown: spec.setup.shown.map(({ from }) => from), brings: broughtBy(spec), proxySocket: spec.setup.proxySocket };
      const supply: Supply = { mirrorPath, baseCommit, dependencies: environment?.dependencies, ...own };
      await writeRecord(at(spec.name, "supply.json"), supply);
    },
    issueToken(name) {
      const token = randomBytes(32).toString("base64url");
      holders.set(hash(token), name);
      return token;
    },
    holderOf: (token) => holders.get(hash(token)),
    find: (name) => readRecord(at(name, "supply.json"), supplySchema),
    startPack: (name) => at(name, "start.pack"),
    putLeft: (name, kind, body) => keep(left(name, kind), body),
    left,
    forget(name) {
      for (const [token, holder] of holders) if (holder === name) holders.delete(token);
    },
  };
}

function broughtBy({ setup }: SetupSpec): LeftKind[] {
  return [...(setup.reports === undefined ? [] : (["reports"] as const)), ...(setup.keep === undefined ? [] : (["kept"] as const))];
}

/** A look-up by the hash takes as long for a token that is nearly right as for any other. */
function hash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
