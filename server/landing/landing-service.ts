import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import type { LandingResponse, LandOrder, LandPreviewResponse } from "@/lib/protocol/landing";
import type { Failure } from "@/lib/run/failures";
import type { Landing, RunState, TreeSource } from "@/lib/run/state";
import { AppError, type AppErrorCode, isAppError } from "../app-error";
import { GitError } from "../git/git-command";
import { LandingError } from "../git/landing/landing-error";
import { authorOf } from "./author-of";
import { carryOut, checkoutOutcome, checkoutWrite, makeCommit } from "./carry-out";
import { describeLanding, describePreview } from "./describe-landing";
import { createJournal, type JournalEntry } from "./journal";
import type { LandingContext } from "./landing-context";
import { commitMessage, PROVENANCE_TRAILER } from "./landing-message";
import { planLanding, sourceOf } from "./landing-plan";
import { named } from "./path-words";
import type { LandingPlan, Source } from "./planned-target";
import { recoverLandings } from "./recover-landings";
import { waysOf } from "./ways";

/** A file to download. */
export interface Download {
  name: string;
  contentType: string;
  body: Readable;
}

/** Bringing the tree of a variation to where people work. Every landing can be repeated and changed. */
export interface LandingService {
  /** What landing so would do and meet; changes nothing. */
  preview(runId: string, order: LandOrder): Promise<LandPreviewResponse>;
  /** Resolves when it is done. `idempotencyKey`: the same key and request again is the same landing. Refused without a trace when anything stands in the way. */
  land(runId: string, order: LandOrder, by: string, idempotencyKey?: string): Promise<LandingResponse>;
  /** One mail for `git am`. */
  patch(runId: string, what?: TreeSource): Promise<Download>;
  archive(runId: string, format: "zip" | "tar.gz", what?: TreeSource): Promise<Download>;
  /** At start: finishes or undoes what a crash cut off. */
  recover(): Promise<void>;
}

/** A landing at its end; `code` is how a failed one is answered. */
interface Ended {
  landing: Landing;
  code: AppErrorCode;
}

/** See `LandingService`. */
export function createLandingService(context: LandingContext): LandingService {
  const { writer, git, log, redaction } = context;
  const journal = createJournal(context.dataDir);
  const underWay = new Map<string, Promise<Ended>>();
  /** Checkouts are changed one after the other: two runs may want the same one. */
  let checkouts: Promise<unknown> = Promise.resolve();

  async function stateOf(runId: string): Promise<RunState> {
    const state = await writer.state(runId);
    if (state === undefined) throw new AppError("not_found", `There is no run ${runId}.`);
    return state;
  }

  async function start(runId: string, id: string, order: LandOrder, requestHash: string, by: string): Promise<Ended> {
    const plan = await planLanding(context, await stateOf(runId), order).catch(rethrowAsProblem);
    refuseBlocked(plan);
    const commit = await makeCommit(context, plan);
    const entry: JournalEntry = { runId, id, write: checkoutWrite(plan, commit), outcome: checkoutOutcome(plan, commit) };
    await journal.write(entry);
    const { winner: source, composition } = plan.what;
    const begun = await writer.command(runId, { type: "run.land", id, kind: order.kind, source, composition, requestHash, by });
    if (!begun.ok) {
      await journal.remove(entry);
      throw new AppError(begun.rejected.code, begun.rejected.message);
    }
    const ended = await finish(runId, id, plan, commit);
    // Not before its end is in the log: what could not be recorded is found at the next start.
    await journal.remove(entry);
    return ended;
  }

  async function finish(runId: string, id: string, plan: LandingPlan, commit: string): Promise<Ended> {
    const done = await carryOut(context, plan, commit).then(
      (outcome) => ({ outcome: redaction.redactStrings(outcome) }),
      (error: unknown) => ({ error, failure: redaction.redactStrings(failureOf(error)) }),
    );
    if ("outcome" in done) {
      await writer.command(runId, { type: "run.land_finish", id, outcome: done.outcome });
      return { landing: landingIn(await stateOf(runId), id), code: "conflict" };
    }
    const { error, failure } = done;
    log.warn({ runId, landing: id, failure }, "a landing failed");
    await writer.command(runId, { type: "run.land_fail", id, failure });
    const code = error instanceof LandingError || isAppError(error) ? error.code : "internal";
    return { landing: landingIn(await stateOf(runId), id), code };
  }

  /** Answers a finished landing; a failed one is thrown, so that every caller learns of it in the same way. */
  function answer({ landing, code }: Ended): LandingResponse {
    if (landing.status !== "failed") return describeLanding(landing);
    const { message, remedy } = landing.failure;
    throw new AppError(code, `${message} ${remedy}`, [{ field: "kind", message: remedy }]);
  }

  return {
    async preview(runId, order) {
      const run = await stateOf(runId);
      const plan = await planLanding(context, run, order).catch(rethrowAsProblem);
      return describePreview(plan, await waysOf(context, run));
    },
    async land(runId, order, by, idempotencyKey) {
      const requestHash = createHash("sha256").update(JSON.stringify(order)).digest("hex");
      const id = landingId(runId, idempotencyKey);
      const known = (await stateOf(runId)).landings.find((landing) => landing.id === id);
      if (known !== undefined && known.requestHash !== requestHash) throw keyReused();
      const running = underWay.get(id);
      if (running !== undefined) return answer(await running);
      if (known !== undefined) return answer({ landing: known, code: "conflict" });
      const begin = (): Promise<Ended> => start(runId, id, order, requestHash, by);
      const landing = order.kind === "checkout" ? checkouts.then(begin, begin) : begin();
      if (order.kind === "checkout") checkouts = landing.catch(() => undefined);
      underWay.set(id, landing);
      try {
        return answer(await landing);
      } finally {
        underWay.delete(id);
      }
    },
    async patch(runId, what = {}) {
      const source = sourceOf(await stateOf(runId), what);
      const { run, base, snapshot, at } = source;
      const identity = (await authorOf(context, await context.parseAddress(run.repositoryUrl).catch(() => undefined))) ?? NOBODY;
      const commit = await git.commit(runId, {
        tree: await git.treeOf(runId, snapshot),
        parent: base,
        identity,
        message: commitMessage(source, undefined, await git.trailers(runId, snapshot, PROVENANCE_TRAILER)),
        at,
      });
      return { name: `${fileName(source)}.patch`, contentType: "text/x-patch; charset=utf-8", body: git.mail(runId, commit) };
    },
    async archive(runId, format, what = {}) {
      const source = sourceOf(await stateOf(runId), what);
      const { snapshot } = source;
      const name = fileName(source);
      if (format === "zip") {
        return { name: `${name}.zip`, contentType: "application/zip", body: await git.archive(runId, snapshot, "zip", name) };
      }
      const tar = await git.archive(runId, snapshot, "tar", name);
      const body = createGzip();
      tar.on("error", (error) => body.destroy(error));
      body.on("close", () => tar.destroy());
      return { name: `${name}.tar.gz`, contentType: "application/gzip", body: tar.pipe(body) };
    },
    recover: () => recoverLandings(context, journal),
  };
}

/** In a downloaded patch somebody has to be named; `git am` asks for the committer anyway. */
const NOBODY = { name: "AIdeator user", email: "user@aideator.invalid" };

function landingId(runId: string, key: string | undefined): string {
  if (key === undefined) return randomBytes(10).toString("hex");
  return createHash("sha256").update(`${runId}\0${key}`).digest("hex").slice(0, 20);
}

function landingIn(state: RunState, id: string): Landing {
  const landing = state.landings.find((one) => one.id === id);
  if (landing === undefined) throw new Error(`the landing ${id} is not in the log`);
  return landing;
}

function keyReused(): AppError {
  return new AppError("conflict", "This Idempotency-Key was used with another request. Use a new key for a new landing.", [
    { field: "Idempotency-Key", message: "Already used with another request." },
  ]);
}

function refuseBlocked({ blockers }: LandingPlan): void {
  if (blockers.length === 0) return;
  const text = blockers.map(({ message, remedy, paths }) => {
    const shown = paths.length > 0 && !message.includes(paths[0] ?? "") ? ` (${named(paths)})` : "";
    return `${message}${shown} ${remedy}`;
  });
  throw new AppError(
    "conflict",
    text.join(" "),
    blockers.map(({ code, remedy, paths }) => ({
      field: FIELDS[code] ?? "kind",
      message: `${named(paths)}${paths.length > 0 ? ": " : ""}${remedy}`,
    })),
  );
}

/** Which option of the request a blocker is about. */
const FIELDS: Record<string, string> = {
  no_author: "author",
  conflicts: "rebase",
  no_branch: "onto",
  branch_exists: "branch",
  branch_reserved: "branch",
  filters: "allow_filters",
  nothing_to_land: "variation_id",
  detached: "mode",
  dirty: "checkout",
  untracked: "checkout",
  in_progress: "checkout",
  unmerged: "checkout",
  locked: "checkout",
  unrelated: "checkout",
};

function rethrowAsProblem(error: unknown): never {
  if (!(error instanceof LandingError)) throw error;
  throw new AppError(error.code, `${error.message} ${error.remedy}`, [{ field: error.options.field ?? "kind", message: error.remedy }]);
}

function failureOf(error: unknown): Failure {
  if (error instanceof LandingError) {
    return { code: "landing", message: error.message, remedy: error.remedy, detail: error.options.detail };
  }
  if (isAppError(error)) return { code: "landing", message: error.message, remedy: "Correct that, then land again." };
  const detail = error instanceof GitError ? error.stderr.slice(-2_000) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { code: "landing", message: `Landing failed: ${message}.`, remedy: "Nothing of the run is lost: land again.", detail };
}

/** `shop-7f3k2a-b`, `shop-7f3k2a-composition-1`. */
function fileName({ run, name: source }: Source): string {
  const name = (run.repositoryName.split("/").at(-1) ?? "").replace(/[^\w.-]+/g, "-").replace(/^[-.]+/, "");
  return `${name === "" ? "tree" : name}-${run.runId.slice(0, 6)}-${source.toLowerCase().replace(" ", "-")}`;
}
