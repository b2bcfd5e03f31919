import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnv } from "./env";
import { lineUpRules } from "./setup";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "setup-"));
  await writeFile(join(dir, "fine.json"), '{"default":{"turns":[]}}');
  await writeFile(join(dir, "bad.json"), '{"default":{"turns":[{"steps":[{"txet":"a"}]}]}}');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("a script is checked before a run starts with it", async () => {
  const rules = lineUpRules(readEnv({ AIDEATOR_SCRIPTS: dir } as unknown as NodeJS.ProcessEnv), () => false);
  expect(await rules.refuseModel("script:fine")).toBeUndefined();
  expect(await rules.refuseModel("demo")).toBeUndefined();
  expect(await rules.refuseModel("script:bad")).toContain(
    "The scenario bad.json is wrong at default.turns.0.steps.0: this is none of the known steps",
  );
  expect(await rules.refuseModel("script:none")).toContain("none.json cannot be read");
  expect(await rules.refuseModel("script:../x")).toContain("is no name of a scenario");
  expect(await lineUpRules(readEnv({} as NodeJS.ProcessEnv), () => false).refuseModel("script:fine")).toContain("AIDEATOR_SCRIPTS");
});
