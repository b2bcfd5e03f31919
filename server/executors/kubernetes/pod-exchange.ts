import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { attemptFiles, readRecord, writeRecord } from "../local/attempt-files";

/** What the server may want of a working pod. Pods ask for it; nothing ever connects to a pod. */
export type PodOrder =
  /** Take the tree and upload it; `have`: a commit whose objects are here already. */
  | { id: string; kind: "tree"; have?: string }
  /** Send these lines again, both included. */
  | { id: string; kind: "lines"; from: number; to: number };

/** What the pod's program said at its end, before its container ended. */
export const podEndSchema = z.object({
  code: z.int(),
  lines: z.int(),
  /** Of a set-up or check, why the pod's program ended it or could not begin it; absent: it ended by itself, or from outside. */
  cause: z.enum(["timeout", "unprepared"]).optional(),
});
export type PodEnd = z.infer<typeof podEndSchema>;

/** An uploaded tree: what the collecting script printed, and the pack. `final`: nothing worked in it any more. */
export interface UploadedTree {
  output: string;
  packFile: string;
  final: boolean;
  /** ms since the epoch. */
  at: number;
}

const treeSchema = z.object({ output: z.string(), pack: z.string(), final: z.boolean(), at: z.number() });

/** The meeting point of the executor and the pods' uploads. What was uploaded lies in the attempt's folder and survives a restart. */
export interface PodExchange {
  /** Asks a working pod for its tree; rejects when none came in time, and at once when the pod has ended. */
  askTree(name: string, have: string | undefined): Promise<UploadedTree>;
  /** Asks a working pod for lines; undefined when it does not answer in time or has ended. */
  askLines(name: string, from: number, to: number, timeoutMs: number): Promise<string[] | undefined>;
  /** The newest tree that was uploaded. */
  lastTree(name: string): Promise<UploadedTree | undefined>;
  end(name: string): Promise<PodEnd | undefined>;
  /** Lines of the copy that a pod uploads at its end, both included; what is missing there is undefined. */
  endLines(name: string, from: number, to: number): Promise<(string | undefined)[]>;

  /** For the pod: waits for an order; undefined when `signal` aborts. Orders stand until they are answered, so a lost answer comes again. */
  nextOrder(name: string, signal: AbortSignal): Promise<PodOrder | undefined>;
  putTree(name: string, tree: { order?: string; output: string; final: boolean }, pack: Readable): Promise<void>;
  putLines(name: string, order: string, lines: string[]): void;
  /** `lines`: the pod's own copy of what it printed, one per line, from its first on. */
  putEnd(name: string, end: PodEnd, lines: Readable): Promise<void>;
  /** Nothing works there any more: whoever asks it for something has an answer at once, and never one again. */
  over(name: string): void;
  forget(name: string): void;
}

const TREE_TIMEOUT_MS = 60_000;

interface Waiting {
  order: PodOrder;
  answered(answer?: string[] | UploadedTree): void;
}

/** `attemptsDir`: the folder of all attempts. */
export function createPodExchange(attemptsDir: string, now: () => number): PodExchange {
  const open = new Map<string, Waiting[]>();
  const listeners = new Map<string, Set<() => void>>();
  const ended = new Set<string>();
  const filesOf = (name: string) => {
    const { folder, snapshots } = attemptFiles(attemptsDir, name);
    return { folder, snapshots, tree: join(folder, "uploaded.json"), end: join(folder, "end.json"), lines: join(folder, "uploaded.jsonl") };
  };

  function ask(name: string, order: PodOrder, timeoutMs: number): Promise<string[] | UploadedTree | undefined> {
    if (ended.has(name)) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const done = (answer?: string[] | UploadedTree): void => {
        clearTimeout(timer);
        open.set(
          name,
          (open.get(name) ?? []).filter((other) => other !== waiting),
        );
        resolve(answer);
      };
      const waiting: Waiting = { order, answered: done };
      const timer = setTimeout(() => done(), timeoutMs);
      open.set(name, [...(open.get(name) ?? []), waiting]);
      for (const wake of listeners.get(name) ?? []) wake();
    });
  }

  function answer(name: string, id: string | undefined, what: string[] | UploadedTree): void {
    open
      .get(name)
      ?.find(({ order }) => order.id === id)
      ?.answered(what);
  }

  async function lastTree(name: string): Promise<UploadedTree | undefined> {
    const files = filesOf(name);
    const record = await readRecord(files.tree, treeSchema);
    return record === undefined ? undefined : { ...record, packFile: join(files.snapshots, record.pack) };
  }

  return {
    async askTree(name, have) {
      const tree = await ask(name, { id: randomUUID(), kind: "tree", have }, TREE_TIMEOUT_MS);
      if (tree !== undefined && !Array.isArray(tree)) return tree;
      throw new Error(ended.has(name) ? "the pod has ended" : "the pod did not upload its tree in time");
    },
    async askLines(name, from, to, timeoutMs) {
      const lines = await ask(name, { id: randomUUID(), kind: "lines", from, to }, timeoutMs);
      return Array.isArray(lines) ? lines : undefined;
    },
    lastTree,
    end: (name) => readRecord(filesOf(name).end, podEndSchema),
    async endLines(name, from, to) {
      const text = await readFile(filesOf(name).lines, "utf8").catch(() => "");
      const lines = text.split("\n").slice(0, -1);
      return Array.from({ length: to - from + 1 }, (_, at) => lines[from - 1 + at]);
    },
    async nextOrder(name, signal) {
      for (;;) {
        const next = open.get(name)?.[0];
        if (next !== undefined || signal.aborted) return signal.aborted ? undefined : next?.order;
        const mine = listeners.get(name) ?? new Set();
        listeners.set(name, mine);
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            mine.delete(wake);
            resolve();
          };
          mine.add(wake);
          signal.addEventListener("abort", wake, { once: true });
        });
      }
    },
    async putTree(name, { order, output, final }, body) {
      const files = filesOf(name);
      await mkdir(files.snapshots, { recursive: true, mode: 0o700 });
      const pack = `${randomUUID()}.pack`;
      try {
        await pipeline(body, createWriteStream(join(files.snapshots, pack), { mode: 0o600 }));
      } catch (error) {
        // Half a pack is good for nothing, and there may be no later upload that tidies up.
        await rm(join(files.snapshots, pack), { force: true });
        throw error;
      }
      const before = await readRecord(files.tree, treeSchema);
      // A late answer of the agent's time must not take the place of the last tree.
      if (before?.final === true && !final) return rm(join(files.snapshots, pack), { force: true });
      const record = { output, pack, final, at: now() };
      await writeRecord(files.tree, record);
      // The one before may be under import at this moment; older ones are not.
      for (const file of await readdir(files.snapshots))
        if (file !== pack && file !== before?.pack) await rm(join(files.snapshots, file), { force: true });
      const tree = { ...record, packFile: join(files.snapshots, pack) };
      answer(name, order, tree);
      // Whoever waits for a tree of the agent's time has it in the last one, and the pod looks at no orders any more.
      if (final) for (const waiting of open.get(name) ?? []) if (waiting.order.kind === "tree") waiting.answered(tree);
    },
    putLines: (name, order, lines) => answer(name, order, lines),
    async putEnd(name, end, lines) {
      const files = filesOf(name);
      await mkdir(files.folder, { recursive: true, mode: 0o700 });
      await pipeline(lines, createWriteStream(`${files.lines}.half`, { mode: 0o600 }));
      await rename(`${files.lines}.half`, files.lines);
      await writeRecord(files.end, end);
    },
    over(name) {
      ended.add(name);
      for (const waiting of open.get(name) ?? []) waiting.answered();
    },
    forget(name) {
      for (const waiting of open.get(name) ?? []) waiting.answered();
      open.delete(name);
      ended.delete(name);
      listeners.delete(name);
    },
  };
}
