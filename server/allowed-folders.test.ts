import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LOCAL_TOKEN_FILE } from "@/lib/protocol/local-access";
import { type AllowedFolders, openAllowedFolders } from "./allowed-folders";
import { createLocalAccess } from "./local-access";

let root: string;
const at = (path: string): string => join(root, path);
const open = (enabled = true): Promise<AllowedFolders> =>
  openAllowedFolders({ dataDir: root, configured: [at("configured")], enabled, now: () => 0 });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "aideator-allowed-"));
  for (const path of ["shop", "code/group/lib", "empty/a/b/c/too-deep"]) mkdirSync(at(path), { recursive: true });
  for (const path of ["shop", "code/group/lib", "empty/a/b/c/too-deep"]) execFileSync("git", ["init", "-q"], { cwd: at(path) });
  symlinkSync(at("shop"), at("link"));
  writeFileSync(at("file"), "");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("folders that a person allowed", () => {
  it("count at once and after a restart, as real paths, beside the configured ones", async () => {
    const folders = await open();
    await folders.add(at("link"));
    await folders.add(at("shop"));
    await folders.add(at("code"));
    expect(await folders.roots()).toEqual([at("configured"), at("shop"), at("code")]);
    expect((await (await open()).roots()).slice(1)).toEqual([at("shop"), at("code")]);
    await folders.remove(at("link"));
    expect((await (await open()).roots()).slice(1)).toEqual([at("code")]);
  });

  it.each([
    ["shop", "absolute"],
    ["/no/such/folder", "no folder"],
    ["/", "too much"],
    ["FILE", "no folder"],
    ["EMPTY", "no git repository"],
  ])("%s is refused with the field named", async (path, words) => {
    const folders = await open();
    const given = path.replace("FILE", at("file")).replace("EMPTY", at("empty"));
    await expect(folders.add(given)).rejects.toMatchObject({ code: "bad_request", fields: [{ field: "path" }] });
    await expect(folders.add(given)).rejects.toThrow(words);
  });

  it("do not count where others share the server, nor once a link stands in their place", async () => {
    await (await open()).add(at("shop"));
    expect(await (await open(false)).roots()).toEqual([at("configured")]);
    renameSync(at("shop"), at("moved"));
    symlinkSync(at("code"), at("shop"));
    expect(await (await open()).roots()).toEqual([at("configured")]);
  });

  it("that nobody allowed cannot be taken back; a broken file is an empty list", async () => {
    const folders = await open();
    await expect(folders.remove(at("shop"))).rejects.toMatchObject({ code: "not_found" });
    await expect(folders.remove(at("configured"))).rejects.toMatchObject({ code: "conflict" });
    writeFileSync(at("allowed-folders.json"), "{");
    expect((await open()).list().folders).toHaveLength(1);
  });
});

describe("the local token", () => {
  const asking = (authorization: string): Request => new Request("http://x", { headers: { authorization } });

  it("is its owner's only, new with every start, and the only key", async () => {
    await createLocalAccess(root, { enabled: true });
    const first = await readFile(at(LOCAL_TOKEN_FILE), "utf8");
    const access = await createLocalAccess(root, { enabled: true });
    const token = await readFile(at(LOCAL_TOKEN_FILE), "utf8");
    expect((await stat(at(LOCAL_TOKEN_FILE))).mode & 0o777).toBe(0o600);
    expect(token).not.toBe(first);
    expect(() => access.check(asking(`AideatorLocal ${token}`))).not.toThrow();
    for (const wrong of ["", "AideatorLocal", `AideatorLocal ${first}`, `Bearer ${token}`]) {
      expect(() => access.check(asking(wrong))).toThrow("Only the user whose server this is");
    }
  });

  it("does not exist where others share the server", async () => {
    await createLocalAccess(root, { enabled: true });
    const access = await createLocalAccess(root, { enabled: false });
    await expect(stat(at(LOCAL_TOKEN_FILE))).rejects.toThrow("ENOENT");
    expect(() => access.check(asking("AideatorLocal "))).toThrow("AIDEATOR_LOCAL_REPOS");
  });
});
