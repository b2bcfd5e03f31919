import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeKept } from "./take-left";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-left-"));
  await mkdir(from("tree/node_modules"), { recursive: true });
  await writeFile(from("tree/node_modules/one.js"), "ONE");
  await writeFile(from("kept"), "tree:node_modules\0");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const from = (path: string): string => join(folder, "from", path);

/** As a pod brings it; what is in the folder may be its command's. */
function take(): Promise<string[]> {
  execFileSync("tar", ["-cf", join(folder, "kept.tar"), "--format=gnu", "-C", join(folder, "from"), "."]);
  return takeKept(join(folder, "kept.tar"), join(folder, "into"));
}

describe("what a set-up's pod brings", () => {
  it("is what it says that it installed", async () => {
    await symlink("/usr/bin/python3", from("tree/node_modules/python"));
    expect(await take()).toEqual(["node_modules"]);
    expect(await readlink(join(folder, "into/tree/node_modules/python"))).toBe("/usr/bin/python3");
  });

  it("has no list that leads to a file of this machine", async () => {
    await writeFile(join(folder, "secret"), "tree:node_modules\0");
    await rm(from("kept"));
    await symlink(join(folder, "secret"), from("kept"));
    await expect(take()).rejects.toThrow(/something else.*"kept"/);
  });

  it.each(["record.json", "tree"])("has nothing else in the place of what this server writes or reads: %s", async (name) => {
    await rm(from(name), { recursive: true, force: true });
    await symlink(folder, from(name));
    await expect(take()).rejects.toThrow(new RegExp(`something else.*"${name}"`));
  });

  it("lists nothing that is reached through a link", async () => {
    await symlink(folder, from("tree/out"));
    await writeFile(from("kept"), "tree:out/kept.tar\0");
    await expect(take()).rejects.toThrow(/list of what was installed is wrong/);
  });
});
