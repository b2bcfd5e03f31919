import { dirname } from "node:path";
import type { AttemptSpec, KeptFolders, SetupSpec } from "../executor";
import { POD_PATHS } from "./pod-paths";

/** What a pod reads at its start: its work, the project's variables, and the token that stands for it at the gateway. It lies in a Secret. */
export interface PodConfig {
  work: PodWork;
  environment: { variables: Record<string, string>; path: string[] };
  /** Absent: the work needs no tree. */
  tree?: PodTreeConfig;
  token: string;
}

/** What a pod's tree is made of; all of it is fetched with the token. */
export interface PodTreeConfig {
  baseCommit: string;
  /** What the tree starts as, where that is not the base. */
  startCommit?: string;
  /** Whether kept dependencies are to be copied into it. */
  dependencies: boolean;
}

export type PodWork = { kind: "agent"; task: AttemptSpec["task"] } | ({ kind: "setup" } & PodSetup);

/** A set-up or a check in its pod. */
export interface PodSetup {
  command: string;
  minutes: number;
  /** Whether there is a way to the registries. */
  egress: boolean;
  /** Paths inside, in the order of `setup.shown`; `folder`: it comes as an archive. */
  shown: { to: string; folder: boolean }[];
  keep?: KeptFolders;
  /** Below `/tmp`. */
  reports?: string;
}

/** See `PodConfig`. */
export function agentConfig(attempt: AttemptSpec): PodConfig {
  const { task, token } = attempt;
  return {
    work: { kind: "agent", task: { ...task, workspace: `${POD_PATHS.work}/tree`, images: podImages(attempt) } },
    environment: { variables: attempt.environment?.variables ?? {}, path: attempt.environment?.path ?? [] },
    tree: treeConfig(attempt),
    token,
  };
}

/** The same of a set-up or a check. `folders`: which of what is shown are folders, in its order. */
export function setupConfig(spec: SetupSpec, folders: readonly boolean[], token: string): PodConfig {
  const { command, minutes, proxySocket, shown, keep, reports, variables } = spec.setup;
  return {
    work: {
      kind: "setup",
      ...{ command, minutes, keep, reports },
      egress: proxySocket !== undefined,
      shown: shown.map(({ to }, at) => ({ to, folder: folders[at] === true })),
    },
    environment: { variables: { ...spec.environment?.variables, ...variables }, path: spec.environment?.path ?? [] },
    tree: treeConfig(spec),
    token,
  };
}

/** Folders inside that a set-up's files are put into: volumes of their own, since the root is read-only. */
export function shownFolders(work: PodWork): string[] {
  return work.kind === "agent" ? [] : [...new Set(work.shown.map(({ to }) => dirname(to)))].sort();
}

function treeConfig({ baseCommit, start, environment }: AttemptSpec | SetupSpec): PodTreeConfig {
  const dependencies = environment?.dependencies !== undefined;
  return { baseCommit, ...(start === undefined ? {} : { startCommit: start.commit }), dependencies };
}

/** Pictures are fetched with the token: a Secret holds no more than 1 MiB. */
function podImages({ images }: AttemptSpec): AttemptSpec["task"]["images"] {
  if (images === undefined || images.length === 0) return undefined;
  return images.map(({ mediaType }, at) => ({ path: `${POD_PATHS.work}/images/${at}`, mediaType }));
}
