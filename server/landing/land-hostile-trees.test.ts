import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkout, checkoutForEachTest, checkouts, git, harness, land, preview, read, work } from "./checkout-harness";

checkoutForEachTest();

describe("what the tree of an agent brings", () => {
  it("runs nothing: no hook, no filter without a yes, no merge driver", async () => {
    const marker = join(harness.dir, `marker-${checkouts}`);
    const touch = `sh -c 'touch ${marker}; cat'`;
    for (const key of ["filter.x.smudge", "filter.x.clean"]) git("config", key, touch);
    git("config", "merge.x.driver", `touch ${marker}`);
    git("config", "core.hooksPath", ".husky");
    git("config", "core.fsmonitor", `touch ${marker}`);
    const run = await harness.run(checkout, [
      (tree) => {
        work(tree);
        harness.write(tree, ".gitattributes", "*.ts filter=x merge=x diff=x\n");
        for (const hook of [
          "pre-commit",
          "post-checkout",
          "post-merge",
          "post-index-change",
          "reference-transaction",
          "commit-msg",
          "pre-push",
        ]) {
          harness.write(tree, `.husky/${hook}`, `#!/bin/sh\ntouch ${marker}\n`);
          chmodSync(join(tree, ".husky", hook), 0o755);
        }
      },
    ]);
    harness.write(checkout, "src/retry.ts", read("src/retry.ts").replace("line25 = 25;", "line25 = 250;"));
    git("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "commit", "-qam", "moved");
    rmSync(marker, { force: true });
    const seen = await preview(run.runId, { kind: "checkout" });
    expect(seen.blockers.map(({ code }) => code)).toEqual(["filters"]);
    await expect(land(run.runId, { kind: "checkout" })).rejects.toMatchObject({ fields: [{ field: "allow_filters" }] });
    git("config", "--remove-section", "filter.x");
    await land(run.runId, { kind: "checkout" });
    expect(read(".gitattributes")).toContain("filter=x");
    expect(existsSync(marker)).toBe(false);
  });

  it("writes with the user's own line endings and filters", async () => {
    git("config", "core.autocrlf", "true");
    git("config", "filter.upper.smudge", "tr a-z A-Z");
    git("config", "filter.upper.clean", "tr A-Z a-z");
    harness.write(checkout, ".git/info/attributes", "*.up filter=upper\n");
    const run = await harness.run(checkout, [
      (tree) => {
        harness.write(tree, "src/retry.ts", "one\ntwo\n");
        harness.write(tree, "word.up", "loud\n");
      },
    ]);
    await land(run.runId, { kind: "checkout" });
    expect(read("src/retry.ts")).toBe("one\r\ntwo\r\n");
    expect(read("word.up")).toBe("LOUD\r\n");
    expect(git("status", "--porcelain")).toBe("");
  });

  it("does not write through a link that leads out of the checkout", async () => {
    const outside = join(harness.dir, `outside-${checkouts}`);
    mkdirSync(outside);
    symlinkSync(outside, join(checkout, "new"));
    const run = await harness.run(checkout, [work]);
    await expect(land(run.runId, { kind: "checkout" })).rejects.toThrow(/new/);
    expect(readdirSync(outside)).toEqual([]);
  });
});

it("leaves file names that are not UTF-8 to pushes, patches and archives", async () => {
  const run = await harness.run(checkout, [
    (tree) => writeFileSync(Buffer.concat([Buffer.from(`${tree}/caf`), Buffer.from([0xe9])]), "x\n"),
  ]);
  expect((await preview(run.runId, { kind: "checkout" })).blockers).toMatchObject([{ code: "file_names", paths: ["caf\\xe9"] }]);
  expect((await land(run.runId, { kind: "branch" })).status).toBe("finished");
});
