import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSecretBox, secretKey } from "./secret-box";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-box-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("opens what it sealed, in its place only, and never seals alike", async () => {
  const box = createSecretBox(await secretKey(folder));
  const sealed = box.seal("pässword 🔑", "project/NAME");
  expect(sealed).not.toContain("ssword");
  expect(box.open(sealed, "project/NAME")).toBe("pässword 🔑");
  expect(box.seal("pässword 🔑", "project/NAME")).not.toBe(sealed);
  expect(() => box.open(sealed, "other/NAME")).toThrow();
  const at = sealed.length - 4;
  expect(() => box.open(sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1), "project/NAME")).toThrow();
  expect(() => box.open("plain", "project/NAME")).toThrow("no sealed secret");
});

it("keeps its key for this user alone, and takes the operator's instead", async () => {
  const [one, again] = [await secretKey(folder), await secretKey(folder)];
  expect(one.equals(again)).toBe(true);
  expect((await stat(join(folder, "secret.key"))).mode & 0o777).toBe(0o600);
  const given = await secretKey(folder, "a secret of the operator, long enough");
  expect(given.equals(one)).toBe(false);
  expect(given.equals(await secretKey(join(folder, "elsewhere"), "a secret of the operator, long enough"))).toBe(true);
  await writeFile(join(folder, "secret.key"), "torn");
  await expect(secretKey(folder)).rejects.toThrow("holds no key");
});
