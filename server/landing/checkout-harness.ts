import { chmodSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type LandRequest, landSchema } from "@/lib/protocol/landing";
import { createHarness, type LandingHarness } from "./landing-harness";

export let harness: LandingHarness;
/** How many there were: for names of one test. */
export let checkouts = 0;
/** Where the user works: absolute. */
export let checkout: string;

/** To be called once per file: a clean checkout for each test. */
export function checkoutForEachTest(): void {
  beforeAll(() => {
    harness = createHarness();
  });
  afterAll(() => harness.dispose());
  beforeEach(() => {
    checkouts += 1;
    checkout = harness.repository(`shop-${checkouts}`);
  });
}

/** As the user runs it in the checkout. */
export const git = (...args: string[]): string => harness.git(checkout, args);
export const land = (runId: string, request: LandRequest, key?: string) =>
  harness.service.land(runId, landSchema.parse(request), "you", key);
export const preview = (runId: string, request: LandRequest) => harness.service.preview(runId, landSchema.parse(request));
export const read = (path: string): string => readFileSync(join(checkout, path), "utf8");

/** Line 5 changed, a file deleted, added in a new folder, moved and made executable, a binary changed, a link. */
export function work(tree: string): void {
  writeFileSync(join(tree, "src/retry.ts"), readFileSync(join(tree, "src/retry.ts"), "utf8").replace("line5 = 5", "line5 = 55"));
  rmSync(join(tree, "old.txt"));
  renameSync(join(tree, "README.md"), join(tree, "READ ME ☃.md"));
  harness.write(tree, "new/deep/added.sh", "#!/bin/sh\necho hi\n");
  chmodSync(join(tree, "new/deep/added.sh"), 0o755);
  writeFileSync(join(tree, "logo.bin"), Buffer.from([0, 9, 9, 255]));
  symlinkSync("deep/added.sh", join(tree, "new/link"));
}
