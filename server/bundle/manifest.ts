import { createHash } from "node:crypto";
import type { BundleManifest } from "@/lib/protocol/bundle";
import { targetOfVariation } from "@/lib/run/check-names";
import type { RunEvent } from "@/lib/run/events";
import { standingCompositions } from "@/lib/run/select";
import type { RunState, VariationState } from "@/lib/run/state";
import { compositionHead } from "@/lib/run/trees";

/** What is noted of the log while it is written out. */
export interface LogFacts {
  count: number;
  sha256: string;
  /** By variation: the models that answered, in the order in which they first did. */
  models: ReadonlyMap<number, readonly string[]>;
}

/** Collects `LogFacts` event by event. */
export function collectFacts(): { add(event: RunEvent, line: string): void; facts(): LogFacts } {
  const hash = createHash("sha256");
  const models = new Map<number, string[]>();
  let count = 0;
  return {
    add({ event, variation }, line) {
      hash.update(line);
      count += 1;
      if (event.type !== "usage.recorded" || variation === undefined) return;
      const known = models.get(variation) ?? [];
      if (!known.includes(event.model)) models.set(variation, [...known, event.model]);
    },
    facts: () => ({ count, sha256: hash.digest("hex"), models }),
  };
}

/** A patch that the bundle holds. */
export interface BundledPatch {
  name: string;
  sha256: string;
}

/** By name of the head that they lead to: `a`, `composition-1`. */
type Patches = ReadonlyMap<string, BundledPatch>;

/** Inputs and results of a run. Nothing in it depends on when or by whom it is exported. */
export function bundleManifest(
  run: RunState,
  { facts, patches, version }: { facts: LogFacts; patches: Patches; version: string },
): BundleManifest {
  const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
  return {
    format: "aideator-bundle",
    format_version: 1,
    aideator_version: version,
    run_id: run.runId,
    status: run.status,
    created_at: iso(run.createdAt) ?? "",
    ended_at: iso(run.endedAt),
    repository: { url: run.repositoryUrl, name: run.repositoryName },
    base: { ref: run.baseRef ?? run.base?.branch ?? null, commit: run.base?.commit ?? null },
    prompt_sha256: sha256(run.prompt),
    events: { file: "events.jsonl", count: facts.count, sha256: facts.sha256 },
    variations: run.variations.map((variation) => describeVariation(variation, { facts, patches, version })),
    compositions: describeCompositions(run, patches),
    selection:
      run.selection === undefined
        ? null
        : { variation_id: run.selection.winner ?? null, composition: run.selection.composition ?? null, commit: run.selection.commit },
  };
}

function describeCompositions(run: RunState, patches: Patches): BundleManifest["compositions"] {
  return standingCompositions(run).flatMap(({ number, name, sources, snapshot }) => {
    const patch = patches.get(compositionHead(number));
    if (snapshot === undefined || patch === undefined) return [];
    const { commit, tree } = snapshot;
    return [{ number, name: name ?? null, sources: [...sources], commit, tree, patch: { file: patch.name, sha256: patch.sha256 } }];
  });
}

function describeVariation(
  { index, spec, status, attempt, failure, usage, snapshot }: VariationState,
  { facts, patches, version }: { facts: LogFacts; patches: Patches; version: string },
): BundleManifest["variations"][number] {
  const patch = patches.get(targetOfVariation(index));
  return {
    variation_id: index,
    agent: spec.agent,
    // The built-in agent is a part of this program; others say nothing of theirs yet.
    agent_version: spec.agent === "builtin" ? version : null,
    model: spec.model,
    answered_by: [...(facts.models.get(index) ?? [])],
    temperature: spec.temperature ?? null,
    instructions_sha256: spec.instructions === undefined ? null : sha256(spec.instructions),
    limits: spec.limits ?? {},
    attempts: attempt + 1,
    state: status,
    failure_code: failure?.code ?? null,
    dollars: usage.dollars,
    commit: snapshot?.commit ?? null,
    tree: snapshot?.tree ?? null,
    patch: patch === undefined ? null : { file: patch.name, sha256: patch.sha256 },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
