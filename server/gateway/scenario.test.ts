import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiError } from "./api-error";
import { fillIn, readScenario, stepsOf } from "./scenario";

const shipped = fileURLToPath(new URL("../../e2e/scripts", import.meta.url));
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "scenario-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("the shipped scenarios are valid", async () => {
  const files = (await readdir(shipped, { recursive: true })).filter((file) => file.endsWith(".json"));
  const names = files.map((file) => file.replace(".json", ""));
  expect(names).toEqual(expect.arrayContaining(["edits", "endless", "flaky", "long", "mixed", "refused", "shop/shop"]));
  for (const name of names) expect(stepsOf(await readScenario(join(shipped, dirname(name)), basename(name)), 0, 0)).toBeDefined();
  expect(stepsOf(await readScenario(shipped, "mixed"), 2, 0)?.[0]).toHaveProperty("error.status", 400);
  expect(stepsOf(await readScenario(shipped, "mixed"), 4, 0)?.[0]).toHaveProperty("text");
});

test.each([
  ["{", "bad.json is not JSON"],
  ["[]", "bad.json is wrong at its top"],
  ["{}", "bad.json is wrong at its top: give `variations`, `default`, or both"],
  ['{"default":{"turns":[{"steps":[{"txet":"typo"}]}]}}', "wrong at default.turns.0.steps.0"],
  ['{"default":{"turns":[{"steps":[{"delayMs":-1}]}]}}', "wrong at default.turns.0.steps.0"],
  ['{"default":{"turns":{}}}', "wrong at default.turns"],
  ['{"default":{"turns":[{"steps":[{"txet":"typo"}]}]}}', "none of the known steps: it has `txet`, and one of text, thinking,"],
  ['{"default":{"turns":[{"steps":[{"text":"a","delayms":1}]}]}}', 'wrong at default.turns.0.steps.0: Unrecognized key: "delayms"'],
  ['{"default":{"turns":[{"steps":[{"text":"a","delayMs":-1}]}]}}', "wrong at default.turns.0.steps.0.delayMs: Too small"],
  ['{"default":{"turns":[{"steps":[{"text":"a","when":{"prompt":"("}}]}]}}', "steps.0.when.prompt: this is no regular expression"],
  ['{"default":{"turns":[{"steps":[{"error":{"status":200}}]}]}}', "wrong at default.turns.0.steps.0.error.status"],
  ['{"variations":[{"turns":[]},{"turns":[{"times":0,"steps":[]}]}]}', "wrong at variations.1.turns.0.times"],
  ['{"default":{"turns":[]},"sede":1}', "docs/scripts.md"],
])("%s is refused with the file and the field", async (text, message) => {
  await writeFile(join(dir, "bad.json"), text);
  const error = await readScenario(dir, "bad").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status: 400, type: "invalid_request_error", message: expect.stringContaining(message) });
});

test.each(["../edits", "", "Edits", "a/b", "a.b"])("the name %j is refused", async (name) => {
  await expect(readScenario(shipped, name)).rejects.toThrow("is no name of a scenario");
});

test("a missing file and a missing folder say what to do", async () => {
  await expect(readScenario(dir, "none")).rejects.toThrow("none.json cannot be read");
  await expect(readScenario(undefined, "edits")).rejects.toThrow("AIDEATOR_SCRIPTS");
});

test("placeholders are filled in at any depth", () => {
  expect(fillIn({ a: ["{{letter}}{{letter}}", { b: "{{lower}}.md" }], c: 1, d: null, e: "{{variation}}" }, 2)).toEqual({
    a: ["CC", { b: "c.md" }],
    c: 1,
    d: null,
    e: "2",
  });
});
