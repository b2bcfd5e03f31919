import { type LandingKind, landingKinds } from "@/lib/run/bounds";

/** What a person can choose: a landing, or a file to take along. */
export type LandWay = LandingKind | "download";
export const landWays: readonly LandWay[] = [...landingKinds, "download"];

/** What each way is called, and what it does, in a few words. */
export const landWords: Record<LandWay, { name: string; about: string }> = {
  branch: { name: "Keep a branch", about: "in the run’s own repository, to be fetched" },
  checkout: { name: "Apply to the checkout", about: "of this repository on the server’s machine" },
  push: { name: "Push a branch", about: "to the repository, with your git credentials" },
  pull_request: { name: "Open a pull request", about: "on GitHub, from a fork where needed" },
  download: { name: "Download", about: "a patch for git am, or all files as an archive" },
};

/** What a landing has done: `Pushed`. */
export const landedWords: Record<LandingKind, string> = {
  branch: "Kept as a branch in",
  checkout: "Applied to",
  push: "Pushed to",
  pull_request: "Pull request in",
};
