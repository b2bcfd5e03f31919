import type { Blocker, LandOrder } from "@/lib/protocol/landing";
import type { RunState, TreeSource, VariationState } from "@/lib/run/state";
import type { RepositoryAddress } from "../git/git-store";
import type { CheckoutState, CommitLine, Conflict, Identity, TouchedPath } from "../git/landing/landing-git";
import type { ForgeRepository } from "./pull-requests";

/** A variation or a composition with a tree, and what it was made on. */
export interface Source {
  run: RunState;
  what: TreeSource;
  /** `B`, `Composition 1`. */
  name: string;
  /** Whose work is in it: the variation itself, or those that the composition takes from. */
  credits: readonly VariationState[];
  /** What the agent said at its end. */
  summary?: string;
  /** Commits that it has been, the newest included. */
  snapshots: readonly string[];
  /** Files that the newest one changes. */
  newest?: { commit: string; files: number };
  base: string;
  /** The commit whose tree is landed. */
  snapshot: string;
  /** When that was taken, in ms since the epoch: the date of the commit that is made of it. */
  at: number;
  warnings: string[];
}

/** What landing would do and what it would meet. With a blocker nothing is done. */
export interface LandingPlan extends Source {
  order: LandOrder;
  message: string;
  identity?: Identity;
  /** How many files the tree changes. */
  files: number;
  /** Where the run's repository is; absent where that is not known any more. */
  address?: RepositoryAddress;
  branch?: string;
  /** Where a push goes: `address`, or the remote of the checkout that is there. */
  pushTo?: RepositoryAddress;
  /** What the branch of the run's repository holds until then. */
  replaces?: string;
  place: string;
  /** The new commit's parent and tree. */
  parent: string;
  tree: string;
  moved?: { from: string; to: string; total: number; commits: CommitLine[] };
  conflicts: Conflict[];
  blockers: Blocker[];
  checkout?: CheckoutState;
  touched: TouchedPath[];
  forge?: ForgeRepository;
}

/** The part that depends on where it goes. */
export type PlannedTarget = Pick<LandingPlan, "place" | "parent" | "tree" | "moved" | "conflicts" | "blockers" | "warnings" | "touched"> &
  Partial<Pick<LandingPlan, "checkout" | "forge" | "branch" | "replaces" | "address" | "pushTo">>;

/** How many commits of a moved base are named. */
export const SHOWN_COMMITS = 20;
