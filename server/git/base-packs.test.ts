import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBasePacks, KEPT_COMMITS } from "./base-packs";
import { createGit } from "./git-command";

let dir: string;
let mirror: string;
let tip: string;
const identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"];
const git = (cwd: string, args: string[], input?: Buffer): string =>
  execFileSync("git", [...identity, ...args], { cwd, input, encoding: "utf8", maxBuffer: 1e8 }).trim();

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "aid-base-"));
  const source = join(dir, "source");
  execFileSync("git", ["init", "-q", "-b", "main", source]);
  // A stream of fast-import: 200 commits, a merge every tenth, files that change in each.
  const lines: string[] = [];
  for (let at = 1; at <= 200; at += 1) {
    const merge = at % 10 === 0 ? [`merge :${at - 5}`] : [];
    const text = `${at}\n${"line\n".repeat(at)}`;
    const parents = at === 1 ? [] : [`from :${at - 1}`, ...merge];
    lines.push("commit refs/heads/main", `mark :${at}`, `committer T <t@example.com> ${1_000_000 + at * 60} +0000`, "data 1", "x");
    lines.push(...parents, "M 100644 inline file.txt", `data ${text.length}`, text, `M 100644 inline f/${at}.txt`, "data 2", "y", "");
  }
  execFileSync("git", ["fast-import", "--quiet"], { cwd: source, input: lines.join("\n") });
  mirror = join(dir, "mirror.git");
  git(dir, ["clone", "-q", "--bare", source, mirror]);
  tip = git(mirror, ["rev-parse", "main"]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const packs = (folder: string, more = {}) => createBasePacks(createGit(join(dir, "home")), { folder: join(dir, folder), ...more });

/** A repository that has nothing but the pack. */
function receive(name: string, file: string, shallow: readonly string[]): string {
  const path = join(dir, name);
  git(dir, ["init", "-q", "--bare", path]);
  git(path, ["index-pack", "--stdin"], readFileSync(file));
  if (shallow.length > 0) writeFileSync(join(path, "shallow"), `${shallow.join("\n")}\n`);
  git(path, ["update-ref", "refs/heads/main", tip]);
  return path;
}

describe("the pack of a base", () => {
  it("has the whole history where the mirror is small", async () => {
    const { file, shallow } = await packs("whole")(mirror, tip);
    expect(shallow).toEqual([]);
    expect(git(receive("r1", file, shallow), ["rev-list", "--count", "main"])).toBe("200");
  });

  it("has the newest commits of a large one, with whole trees, and is a sound repository", async () => {
    const { file, shallow } = await packs("cut", { wholeHistoryBytes: 0 })(mirror, tip);
    const path = receive("r2", file, shallow);
    const count = Number(git(path, ["rev-list", "--count", "main"]));
    expect(count).toBeGreaterThan(KEPT_COMMITS / 2);
    expect(count).toBeLessThanOrEqual(KEPT_COMMITS);
    git(path, ["fsck", "--connectivity-only"]);
    expect(git(path, ["ls-tree", "-r", "--name-only", "main"]).split("\n")).toHaveLength(201);
    expect(git(path, ["log", "--format=%h", "-3", "main"]).split("\n")).toHaveLength(3);
  });

  it("is made once, however many ask at once or later, also by the next server", async () => {
    const basePack = packs("once");
    const all = await Promise.all(Array.from({ length: 5 }, () => basePack(mirror, tip)));
    expect(new Set(all.map(({ file }) => file)).size).toBe(1);
    const { ino } = statSync(all[0]?.file ?? "");
    const later = await packs("once")(mirror, tip);
    expect(later).toEqual(all[0]);
    expect(statSync(later.file).ino).toBe(ino);
  });

  it("makes room for others, those last that were asked for lately", async () => {
    const basePack = packs("room", { keptBytes: 1, inUseMs: 0 });
    await basePack(mirror, git(mirror, ["rev-parse", "main~3"]));
    await basePack(mirror, tip);
    expect(readdirSync(join(dir, "room"))).toEqual([]);
    const kept = packs("room", { keptBytes: 1 });
    await kept(mirror, tip);
    expect(readdirSync(join(dir, "room"))).toHaveLength(2);
  });

  it("makes room beside somebody who does, and removed what was just listed", async () => {
    await mkdir(join(dir, "others"));
    // Listed, and not there when it is looked at.
    await symlink("removed", join(dir, "others/0.pack"));
    const { file } = await packs("others")(mirror, tip);
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  it("removes at its start what a killed server was at, also where no pack has to be made", async () => {
    const { file } = await packs("killed")(mirror, tip);
    const half = `${file.replace(/pack$/, "")}${process.pid}.half`;
    writeFileSync(half, "a part");
    const basePack = packs("killed");
    await basePack(mirror, tip);
    expect(existsSync(half)).toBe(false);
    // A live server's own are left alone.
    writeFileSync(half, "a part");
    await basePack(mirror, tip);
    expect(existsSync(half)).toBe(true);
  });

  it("is made also beside a half that cannot be removed, and others are removed all the same", async () => {
    await mkdir(join(dir, "stuck/0.half"), { recursive: true });
    writeFileSync(join(dir, "stuck/1.half"), "a part");
    const basePack = packs("stuck");
    const { file } = await basePack(mirror, tip);
    expect(statSync(file).size).toBeGreaterThan(0);
    expect(await basePack(mirror, tip)).toMatchObject({ file });
    expect(readdirSync(join(dir, "stuck")).filter((name) => name.endsWith(".half"))).toEqual(["0.half"]);
  });

  it("leaves nothing half-made where git fails", async () => {
    await expect(packs("none")(mirror, "0".repeat(40))).rejects.toThrow(/git/);
    expect(readdirSync(join(dir, "none"))).toEqual([]);
  });
});
