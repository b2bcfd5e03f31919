import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createPodSupplies, type PodSupplies } from "./pod-supplies";

const NAME = "agent-check-0";
let folder: string;
let supplies: PodSupplies;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-supplies-"));
  supplies = createPodSupplies(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const kept = (): Promise<string> => readFile(supplies.left(NAME, "reports"), "utf8");
const files = (): Promise<string[]> => readdir(dirname(supplies.left(NAME, "reports")));

it("does not mix two archives that come at once", async () => {
  const slow = new PassThrough();
  slow.write("slow ");
  const first = supplies.putLeft(NAME, "reports", slow);
  await expect.poll(files, { timeout: 10_000 }).toHaveLength(1);
  await supplies.putLeft(NAME, "reports", Readable.from(["quick"]));
  expect(await kept()).toBe("quick");
  slow.end("but whole");
  await first;
  expect(await kept()).toBe("slow but whole");
});

it("leaves nothing of an archive that broke off, and what was there before", async () => {
  await supplies.putLeft(NAME, "reports", Readable.from(["whole"]));
  const cut = new PassThrough();
  cut.write("half");
  const put = supplies.putLeft(NAME, "reports", cut);
  await expect.poll(files, { timeout: 10_000 }).toHaveLength(2);
  cut.destroy(new Error("cut"));
  await expect(put).rejects.toThrow("cut");
  expect(await files()).toHaveLength(1);
  expect(await kept()).toBe("whole");
});
