import type { FileDecision } from "./composition-events";
import type { RunEventBody } from "./events";

type Body<T extends RunEventBody["type"]> = Extract<RunEventBody, { type: T }>;
type CompositionEvent = Extract<RunEventBody, { type: `composition.${string}` }>;

/** The tree of a composition. */
export type CompositionSnapshot = Omit<Body<"composition.snapshot_taken">, "type" | "number"> & {
  /** ms since the epoch. */
  at: number;
};

/** What makes a composition what it was at `version`, from the version after it. */
export interface CompositionStep {
  version: number;
  from: number | null;
  sources: readonly (string | null)[];
  files: Readonly<Record<string, FileDecision | null>>;
}

/** Steps back that are kept. */
const MAX_STEPS = 200;

/** A tree that a person puts together from what several variations did. */
export interface Composition {
  number: number;
  id: string;
  name?: string;
  /** What files without a decision are like: this variation, or the base. */
  from: number | null;
  /** Commits of the variations that it is made of, as they were when it was made or refreshed. */
  sources: readonly (string | null)[];
  /** By path in the base; of a new file, where it was added. */
  files: Readonly<Record<string, FileDecision>>;
  /** Counts the changes, from 1. */
  version: number;
  /** How to go back, from one version to the one before, newest last; the oldest steps are forgotten. */
  past: readonly CompositionStep[];
  by: string;
  /** ms since the epoch. */
  createdAt: number;
  changedAt: number;
  snapshot?: CompositionSnapshot;
  /** Commits that it has been, newest last; the oldest are forgotten. Who was just told of one can still fetch it. */
  commits: readonly string[];
  /** It stays as a number that is not given again; its last tree stays for what was landed. */
  deleted: boolean;
}

/** Keeps every composition of a run, in order of their numbers. A change of one that is not there changes nothing. */
export function reduceCompositions(compositions: readonly Composition[], event: CompositionEvent, at: number): readonly Composition[] {
  switch (event.type) {
    case "composition.created": {
      if (compositionOf(compositions, event.number) !== undefined) return compositions;
      const { number, id, name, from, sources, by } = event;
      const made = {
        number,
        id,
        name,
        from,
        sources,
        by,
        files: {},
        version: 1,
        past: [],
        commits: [],
        createdAt: at,
        changedAt: at,
        deleted: false,
      };
      return [...compositions, made];
    }
    case "composition.changed":
      return replace(compositions, event.number, (composition) => changed(composition, event, at));
    case "composition.renamed":
      return replace(compositions, event.number, (composition) => ({ ...composition, name: event.name }));
    case "composition.snapshot_taken": {
      const { type: _, number, ...snapshot } = event;
      return replace(compositions, number, (composition) => {
        const commits = [...composition.commits, snapshot.commit].slice(-MAX_STEPS);
        return { ...composition, snapshot: { ...snapshot, at }, commits };
      });
    }
    case "composition.deleted":
      return replace(compositions, event.number, (composition) => ({ ...composition, files: {}, past: [], deleted: true }));
  }
}

/** By its number; deleted ones too. */
export function compositionOf(compositions: readonly Composition[], number: number): Composition | undefined {
  return compositions.find((composition) => composition.number === number);
}

/** The decisions after a patch: null takes one back. */
export function patchFiles(
  files: Composition["files"],
  patch: Readonly<Record<string, FileDecision | null>> | undefined,
): Composition["files"] {
  if (patch === undefined) return files;
  const kept = Object.entries({ ...files, ...patch }).filter((entry): entry is [string, FileDecision] => entry[1] !== null);
  return Object.fromEntries(kept);
}

function changed(composition: Composition, event: Body<"composition.changed">, at: number): Composition {
  const { version, from = composition.from, sources = composition.sources } = event;
  const before = Object.keys(event.files ?? {}).map((path) => [path, composition.files[path] ?? null] as const);
  const step = { version: composition.version, from: composition.from, sources: composition.sources, files: Object.fromEntries(before) };
  const past = [...composition.past, step].slice(-MAX_STEPS);
  return { ...composition, version, from, sources, files: patchFiles(composition.files, event.files), past, changedAt: at };
}

/** What a composition was at an earlier version; undefined where that is forgotten or was never there. */
export function compositionAt(composition: Composition, version: number): Pick<Composition, "from" | "sources" | "files"> | undefined {
  if (version === composition.version) return composition;
  const steps = composition.past.filter((step) => step.version >= version);
  if (steps[0]?.version !== version) return undefined;
  const files = steps.reduceRight((later, step) => patchFiles(later, step.files), composition.files);
  return { from: steps[0].from, sources: steps[0].sources, files };
}

function replace(
  compositions: readonly Composition[],
  number: number,
  change: (composition: Composition) => Composition,
): readonly Composition[] {
  return compositions.map((composition) => (composition.number === number && !composition.deleted ? change(composition) : composition));
}
