import { createHash, randomBytes } from "node:crypto";
import type { FitOrder, FitResponse, TakeFitOrder, TakenFitResponse } from "@/lib/protocol/fits";
import type { RunCommand } from "@/lib/run/commands";
import { type Composition, compositionOf, patchFiles } from "@/lib/run/composition";
import { fitMessage } from "@/lib/run/fit-message";
import { type Fit, fitOf } from "@/lib/run/fit-state";
import { isTerminal, type RunState } from "@/lib/run/state";
import { AppError } from "../app-error";
import type { MapSides } from "../compare/map-service";
import type { RunWriter } from "../runs/run-writer";
import { buildTree } from "./build-tree";
import { chooseModel } from "./choose-model";
import { describeComposition } from "./describe-composition";
import { describeFit } from "./describe-fit";
import { findSeams } from "./find-seams";
import type { ComposeTools } from "./map-of-file";
import type { Patch } from "./plan-change";
import { type FitChange, planFit } from "./plan-fit";

/**
 * An agent makes a composition fit together: an attempt on its tree, told what the seams are. What it changed is offered file by file, and taken into
 * the composition only when a person says so. Rejects with `AppError`.
 */
export interface FitService {
  /** Answers at once; the agent works in the background. `idempotencyKey`: the same key again asks nobody else. */
  start(runId: string, number: number, order: FitOrder, by: string, idempotencyKey?: string): Promise<FitResponse>;
  /** The newest one, with what it changed as it can be taken into the composition now. */
  get(runId: string, number: number): Promise<FitResponse>;
  stop(runId: string, number: number): Promise<FitResponse>;
  /** All that is named or nothing. Refused (`conflict`) where the composition is another one by now and both do not go together. */
  take(runId: string, number: number, order: TakeFitOrder, by: string): Promise<TakenFitResponse>;
  discard(runId: string, number: number, by: string): Promise<FitResponse>;
}

/** What it works with beside compositions: the conduct of attempts, as everybody else's. */
export interface FitParts {
  writer: RunWriter;
  tools: ComposeTools;
  conductor: { conduct(runId: string): void; stop(runId: string, variation: number): Promise<void> };
  /** Why a model cannot be used here now; undefined: it can. */
  refuseModel(model: string): string | undefined | Promise<string | undefined>;
  /** Rejects where the disk has no room for another tree. */
  needRoom(): Promise<void>;
  now(): number;
}

interface Found {
  run: RunState;
  composition: Composition;
  sides: MapSides;
}

/** See `FitService`. */
export function createFitService({ writer, tools, conductor, refuseModel, needRoom, now }: FitParts): FitService {
  async function find(runId: string, number: number): Promise<Found> {
    const run = await writer.state(runId);
    if (run === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    const composition = compositionOf(run.compositions, number);
    if (composition === undefined || composition.deleted || run.base === undefined) {
      throw new AppError("not_found", `This run has no composition ${number}.`);
    }
    return { run, composition, sides: { base: run.base.commit, commits: composition.sources } };
  }

  async function findFit(runId: string, number: number): Promise<Found & { fit: Fit }> {
    const found = await find(runId, number);
    const fit = fitOf(found.run, number);
    if (fit !== undefined) return { ...found, fit };
    throw new AppError("not_found", `Nobody was asked to fit composition ${number} together yet.`);
  }

  async function carryOut(runId: string, command: RunCommand): Promise<RunState> {
    const result = await writer.command(runId, command);
    if (result.ok) return result.state;
    throw new AppError(result.rejected.code, result.rejected.message);
  }

  /** What it changed, while there is something to decide about. */
  async function changesOf({ run, composition, sides, fit }: Found & { fit: Fit }): Promise<FitChange[] | undefined> {
    const result = fit.work.snapshot?.commit;
    if (result === undefined || !isTerminal(fit.work.status) || fit.decision !== undefined) return undefined;
    return planFit(tools, run.runId, fit, { composition, sides, result });
  }

  async function answer(runId: string, number: number): Promise<FitResponse> {
    const found = await findFit(runId, number);
    return describeFit(found.fit, found.composition, await changesOf(found));
  }

  return {
    async start(runId, number, order, by, idempotencyKey) {
      const { run, composition, sides } = await find(runId, number);
      const id = fitId(runId, number, idempotencyKey);
      if (run.fits.some((fit) => fit.id === id)) return answer(runId, number);
      const { snapshot, version } = composition;
      if (order.version !== version || snapshot === undefined) throw movedOn(composition);
      const like = chooseModel(run, composition, order.model);
      const refusal = await refuseModel(run.variations[like]?.spec.model ?? "");
      if (refusal !== undefined) throw new AppError("bad_request", "This model cannot be used.", [{ field: "model", message: refusal }]);
      await needRoom();
      const { wish } = order;
      const seams = await findSeams(tools, run, composition, sides);
      await carryOut(runId, {
        type: "fit.request",
        id,
        number,
        version,
        commit: snapshot.commit,
        tree: snapshot.tree,
        like,
        task: fitMessage({ prompt: run.prompt, wish, ...seams }),
        wish,
        paths: [...seams.paths],
        conflicts: seams.conflicts.length,
        failing: seams.failing.length,
        by,
      });
      conductor.conduct(runId);
      return answer(runId, number);
    },
    get: answer,
    async stop(runId, number) {
      const { fit } = await findFit(runId, number);
      await carryOut(runId, { type: "variation.stop", variation: fit.index });
      await conductor.stop(runId, fit.index);
      await carryOut(runId, { type: "run.settle" });
      return answer(runId, number);
    },
    async take(runId, number, { version, paths }, by) {
      const found = await findFit(runId, number);
      const { composition, sides, fit } = found;
      if (composition.version !== version) throw movedOn(composition);
      needUndecided(fit);
      const wanted = wantedOf((await changesOf(found)) ?? [], paths);
      const files: Patch = Object.assign({}, ...wanted.map(({ patch }) => patch));
      const recipe = { sides, from: composition.from, files: patchFiles(composition.files, files) };
      const snapshot = await buildTree(tools, runId, recipe, now());
      const taken = wanted.map(({ file }) => file.path);
      const run = await carryOut(runId, { type: "fit.take", fit: fit.index, number, version, files, snapshot, paths: taken, by });
      return {
        fit: await answer(runId, number),
        composition: describeComposition(run, compositionOf(run.compositions, number) ?? composition),
      };
    },
    async discard(runId, number, by) {
      const { fit } = await findFit(runId, number);
      await carryOut(runId, { type: "fit.discard", fit: fit.index, number, by });
      return answer(runId, number);
    },
  };
}

/** Nothing is planned for what would be refused in the end. */
function needUndecided({ number, work, decision }: Fit): void {
  if (!isTerminal(work.status)) throw new AppError("conflict", "The agent is still at work: wait for its end, or stop it.");
  if (decision === undefined) return;
  const word = decision.kind === "taken" ? "taken" : "discarded";
  throw new AppError("conflict", `What the agent did to composition ${number} was ${word} already. Ask again for another try.`);
}

/** The changes that are named, or all within the seams. */
function wantedOf(changes: readonly FitChange[], paths: readonly string[] | undefined): FitChange[] {
  const wanted = changes.filter(({ file, inside }) => paths?.includes(file.path) ?? inside);
  const unknown = paths?.find((path) => !changes.some(({ file }) => file.path === path));
  if (unknown !== undefined || wanted.length === 0) {
    const message = unknown === undefined ? "It changed nothing at the seams." : `It did not change ${unknown}.`;
    throw new AppError("conflict", message, [{ field: "paths", message: "Name files that it changed." }]);
  }
  const refused = wanted.find(({ refusal }) => refusal !== undefined);
  if (refused === undefined) return wanted;
  throw new AppError("conflict", `${refused.file.path} cannot be taken. ${refused.refusal}`, [
    { field: "paths", message: "Leave it out, or ask the agent again." },
  ]);
}

function movedOn({ number, version }: Composition): AppError {
  const message = `Composition ${number} was changed meanwhile: it is at version ${version}.`;
  return new AppError("conflict", message, [{ field: "version", message: "Look at it as it is now, then ask again." }]);
}

function fitId(runId: string, number: number, key: string | undefined): string {
  if (key === undefined) return randomBytes(10).toString("hex");
  return createHash("sha256").update(`${runId}\0${number}\0${key}`).digest("hex").slice(0, 20);
}
