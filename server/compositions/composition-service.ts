import { createHash, randomBytes } from "node:crypto";
import type {
  ChangedCompositionResponse,
  ComposedFileResponse,
  CompositionDetailResponse,
  CompositionListResponse,
  CompositionOrder,
  CompositionResponse,
  HunksResponse,
} from "@/lib/protocol/compositions";
import type { CompositionChange, RunCommand } from "@/lib/run/commands";
import { type Composition, compositionAt, compositionOf, patchFiles } from "@/lib/run/composition";
import type { FileDecision } from "@/lib/run/composition-events";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import { fileAnswer } from "../compare/file-answer";
import type { MapSides } from "../compare/map-service";
import type { RunWriter } from "../runs/run-writer";
import { mapOfDecided } from "./agent-layers";
import { buildTree, placeIn } from "./build-tree";
import { describeComposition } from "./describe-composition";
import { makeFile } from "./make-file";
import { type ComposeTools, mapOfFile } from "./map-of-file";
import { clustersOf, type Dropped, decide, lostIn, type Patch, refreshed } from "./plan-change";

/**
 * Trees that are put together from what several variations did. The tree is made before anything is recorded, and recorded with its change in one
 * step, so that a crash leaves nothing half done. Rejects with `AppError`.
 */
export interface CompositionService {
  list(runId: string): Promise<CompositionListResponse>;
  /** `idempotencyKey`: the same key again is the same composition. */
  create(runId: string, wanted: { name?: string; from: number | null }, by: string, idempotencyKey?: string): Promise<CompositionResponse>;
  get(runId: string, number: number): Promise<CompositionDetailResponse>;
  /** Refused (`conflict`) when the version has moved on, and when choices exclude each other. */
  change(runId: string, number: number, order: CompositionOrder, by: string): Promise<ChangedCompositionResponse>;
  delete(runId: string, number: number, by: string): Promise<{ deleted: boolean }>;
  hunks(runId: string, number: number, signal?: AbortSignal): Promise<HunksResponse>;
  file(runId: string, number: number, path: string): Promise<ComposedFileResponse>;
}

type CompositionCommand = Extract<RunCommand, { type: `composition.${string}` }>;

/** See `CompositionService`. */
export function createCompositionService(writer: RunWriter, tools: ComposeTools, now: () => number): CompositionService {
  const { maps } = tools;

  async function stateOf(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  async function find(runId: string, number: number): Promise<{ run: RunState; composition: Composition; sides: MapSides }> {
    const run = await stateOf(runId);
    const composition = compositionOf(run.compositions, number);
    if (composition === undefined || composition.deleted || run.base === undefined) {
      const numbers = run.compositions.flatMap((one) => (one.deleted ? [] : [one.number]));
      const message = numbers.length === 0 ? "It has none yet." : `It has ${numbers.join(", ")}.`;
      throw new AppError("not_found", `This run has no composition ${number}. ${message}`);
    }
    return { run, composition, sides: { base: run.base.commit, commits: composition.sources } };
  }

  async function command(runId: string, wanted: CompositionCommand): Promise<RunState> {
    const result = await writer.command(runId, wanted);
    if (result.ok) return result.state;
    throw new AppError(result.rejected.code, result.rejected.message);
  }

  /** The newest trees; of a variation that has begun anew and has none yet, the one that was taken before. */
  async function latestSides(runId: string, { sources }: Composition): Promise<MapSides> {
    const { base, commits } = await maps.sidesOf(runId);
    return { base, commits: commits.map((commit, index) => commit ?? sources[index] ?? null) };
  }

  /** The change that a request means, and what it had to drop. */
  async function plan(runId: string, composition: Composition, sides: MapSides, order: CompositionOrder) {
    const earlier = order.as_of === undefined ? undefined : restored(composition, order.as_of);
    const latest = order.refresh === true ? await latestSides(runId, composition) : undefined;
    const change: CompositionChange = { ...earlier, ...(order.from !== undefined && { from: checkFrom(sides, order.from) }) };
    const newest = latest === undefined ? { files: {}, dropped: [] } : await refreshed(tools, runId, composition.files, latest);
    if (latest !== undefined) change.sources = [...latest.commits];
    const patch: Patch = { ...change.files, ...newest.files };
    const on = { sides: { ...sides, commits: change.sources ?? sides.commits }, from: change.from ?? composition.from };
    if (change.from === null) on.from = null;
    for (const file of order.files ?? []) {
      const files = patchFiles(composition.files, patch);
      patch[file.path] = await decide(tools, runId, { ...on, files }, file);
    }
    if (Object.keys(patch).length > 0) change.files = patch;
    return { change, dropped: newest.dropped, recipe: { ...on, files: patchFiles(composition.files, patch) } };
  }

  /** What is taken and gone in the newest trees of the variations. */
  async function staleIn(runId: string, composition: Composition, outdated: readonly number[]): Promise<Dropped[]> {
    if (outdated.length === 0) return [];
    const latest = await latestSides(runId, composition);
    const stale: Dropped[] = [];
    for (const [path, { choices, edit }] of Object.entries(composition.files)) {
      const map = await mapOfFile(tools, runId, path, latest, edit !== undefined).catch(() => undefined);
      const lost = map === undefined ? choices : lostIn(map, choices);
      if (lost.length > 0) stale.push({ path, rows: lost.map(({ row }) => row) });
    }
    return stale;
  }

  return {
    async list(runId) {
      const run = await stateOf(runId);
      return { compositions: run.compositions.filter(({ deleted }) => !deleted).map((one) => describeComposition(run, one)) };
    },
    async create(runId, { name, from }, by, idempotencyKey) {
      const id = compositionId(runId, idempotencyKey);
      const known = (await stateOf(runId)).compositions.find((one) => one.id === id);
      if (known !== undefined) return describeComposition(await stateOf(runId), known);
      const sides = await maps.sidesOf(runId);
      checkFrom(sides, from);
      const snapshot = await buildTree(tools, runId, { sides, from, files: {} }, now());
      const state = await command(runId, { type: "composition.create", id, name, from, sources: [...sides.commits], snapshot, by });
      const made = state.compositions.find((one) => one.id === id);
      if (made === undefined) throw new Error("the composition is not in the log");
      return describeComposition(state, made);
    },
    async get(runId, number) {
      const { run, composition } = await find(runId, number);
      const { commits } = await latestSides(runId, composition);
      const outdated = commits.flatMap((commit, index) => (commit === composition.sources[index] ? [] : [index]));
      return { ...describeComposition(run, composition), outdated, stale: await staleIn(runId, composition, outdated) };
    },
    async change(runId, number, order, by) {
      const { run, composition, sides } = await find(runId, number);
      const { version } = order;
      if (version !== composition.version) throw movedOn(composition);
      let state = run;
      let dropped: Dropped[] = [];
      if (order.from !== undefined || order.files !== undefined || order.refresh !== undefined || order.as_of !== undefined) {
        const planned = await plan(runId, composition, sides, order);
        dropped = planned.dropped;
        const snapshot = await buildTree(tools, runId, planned.recipe, now());
        state = await command(runId, { type: "composition.change", number, version, ...planned.change, snapshot, by });
      }
      if (order.name !== undefined) state = await command(runId, { type: "composition.rename", number, name: order.name ?? undefined, by });
      const changed = compositionOf(state.compositions, number) ?? composition;
      return { ...describeComposition(state, changed), dropped };
    },
    async delete(runId, number, by) {
      await find(runId, number);
      await command(runId, { type: "composition.delete", number, by });
      return { deleted: true };
    },
    async hunks(runId, number, signal) {
      const { sides } = await find(runId, number);
      return { sources: [...sides.commits], files: await maps.outlines(runId, sides, signal) };
    },
    async file(runId, number, path) {
      const { composition, sides } = await find(runId, number);
      const { from, files, version } = composition;
      const changed = (await maps.changedFiles(runId, sides)).find((file) => file.path === path);
      const map = await mapOfDecided(tools, runId, path, sides, files[path]);
      const decision: FileDecision = files[path] ?? { choices: from === null ? [] : clustersOf(map, from) };
      const { composed, text, ranges } = await makeFile(tools, runId, sides, path, decision);
      const there = files[path] === undefined ? placeIn(changed, from, map.base === null ? undefined : path) : composed.path;
      return {
        path,
        version,
        new_path: composed.content === null ? null : (there ?? composed.path),
        mode: composed.content === null ? null : (composed.mode ?? "100644"),
        text,
        base: map.base?.kind === "text" ? map.base.text : null,
        binary: composed.content?.kind === "binary",
        edited: decision.edit !== undefined || decision.put !== undefined,
        origins: ranges,
        map: changed === undefined ? null : fileAnswer(changed, map, sides),
      };
    },
  };
}

function checkFrom({ commits }: MapSides, from: number | null): number | null {
  if (from === null || (commits[from] ?? null) !== null) return from;
  const message = from < commits.length ? `Variation ${variationLetter(from)} has no tree yet.` : `This run has no variation ${from}.`;
  throw new AppError(from < commits.length ? "conflict" : "not_found", message, [
    { field: "from", message: "Give another one, or null for the base." },
  ]);
}

/** Going back is a change like any other. */
function restored(composition: Composition, version: number): CompositionChange {
  const earlier = compositionAt(composition, version);
  if (earlier === undefined) {
    const message = `Version ${version} of composition ${composition.number} is not kept.`;
    throw new AppError("not_found", message, [{ field: "as_of", message: "Give a version from before that is still kept." }]);
  }
  const paths = new Set([...Object.keys(composition.files), ...Object.keys(earlier.files)]);
  const files: Patch = {};
  for (const path of paths) if (composition.files[path] !== earlier.files[path]) files[path] = earlier.files[path] ?? null;
  return { from: earlier.from, sources: [...earlier.sources], files };
}

function movedOn({ number, version }: Composition): AppError {
  const message = `Composition ${number} was changed elsewhere meanwhile: it is at version ${version}.`;
  return new AppError("conflict", message, [{ field: "version", message: "Look at it as it is now, then make your change again." }]);
}

function compositionId(runId: string, key: string | undefined): string {
  if (key === undefined) return randomBytes(10).toString("hex");
  return createHash("sha256").update(`${runId}\0${key}`).digest("hex").slice(0, 20);
}
