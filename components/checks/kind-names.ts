import type { CheckKind } from "@/lib/run/check-names";

/** What kinds of checks are called. */
export const kindNames: Record<CheckKind, string> = {
  build: "Build",
  types: "Types",
  lint: "Lint",
  test: "Tests",
  coverage: "Coverage",
  secrets: "Secrets",
  size: "Diff size",
};
