import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packFolder } from "./pack-archive";
import { unpackArchive } from "./unpack-archive";

const LIMITS = { members: 1_000, bytes: 10_000_000 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aid-archive-"));
  await mkdir(join(folder, "from"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const from = (path: string): string => join(folder, "from", path);
const into = (path: string): string => join(folder, "into", path);
const archive = (): string => join(folder, "archive.tar");
const unpack = (limits = LIMITS): Promise<void> => unpackArchive(archive(), join(folder, "into"), limits);

/** Descriptors of this process that lead to the archive. */
async function openArchives(): Promise<string[]> {
  const targets = await Promise.all((await readdir("/proc/self/fd")).map((fd) => readlink(join("/proc/self/fd", fd)).catch(() => "")));
  return targets.filter((target) => target.startsWith(archive()));
}

/** As GNU tar writes what its own checks would not let in again: with other names for members. */
function hostile(...transform: string[]): void {
  execFileSync("tar", ["-cPf", archive(), "--format=gnu", ...transform, "-C", join(folder, "from"), "."]);
}

describe("an archive of a folder", () => {
  it("comes back as it was: long names, modes, times, links", async () => {
    const long = `${"deep/".repeat(30)}${"x".repeat(120)}.js`;
    await mkdir(join(from(long), ".."), { recursive: true });
    await writeFile(from(long), "long");
    await writeFile(from("tool.sh"), "#!/bin/sh\n", { mode: 0o755 });
    await utimes(from("tool.sh"), 1_000_000_000, 1_000_000_000);
    await writeFile(from("big"), Buffer.alloc(1_300_001, 7));
    await mkdir(from("bin"));
    await symlink("../tool.sh", from("bin/tool"));
    await symlink("/usr/bin/python3", from("bin/python"));
    execFileSync("ln", [from("tool.sh"), from("second.sh")]);
    await writeFile(from("empty"), "");
    await pipeline(packFolder(join(folder, "from")), createWriteStream(archive()));
    await unpack();
    expect(await readFile(into(long), "utf8")).toBe("long");
    const tool = await stat(into("tool.sh"));
    expect([tool.mode & 0o777, tool.mtimeMs, tool.nlink]).toEqual([0o755, 1e12, 2]);
    expect((await readFile(into("big"))).equals(Buffer.alloc(1_300_001, 7))).toBe(true);
    expect(await readlink(into("bin/tool"))).toBe("../tool.sh");
    expect(await readlink(into("bin/python"))).toBe("/usr/bin/python3");
    expect(await readFile(into("empty"), "utf8")).toBe("");
  });

  it("is not held open once it is unpacked, nor where it is refused", async () => {
    await writeFile(from("a"), Buffer.alloc(300_000));
    hostile();
    await unpack();
    await rm(join(folder, "into"), { recursive: true });
    await expect(unpack({ members: 1, bytes: 1 })).rejects.toThrow();
    await expect.poll(openArchives).toEqual([]);
  });

  it("has only what is named", async () => {
    for (const name of ["a", "b", "-c"]) await writeFile(from(name), name);
    await pipeline(packFolder(join(folder, "from"), ["a", "-c"]), createWriteStream(archive()));
    await unpack();
    expect(await readFile(into("-c"), "utf8")).toBe("-c");
    await expect(stat(into("b"))).rejects.toThrow();
  });

  it("is an error where tar cannot read it", async () => {
    await expect(pipeline(packFolder(join(folder, "none")), createWriteStream(archive()))).rejects.toThrow(/tar ended with 2/);
  });
});

describe("a hostile archive", () => {
  it.each([
    ["a path that leads out", ["--transform=s,./evil,../evil,"]],
    ["an absolute path", [`--transform=s,./evil,/tmp/aid-evil,`]],
    ["a path with .. in its middle", ["--transform=s,./evil,a/../../evil,"]],
  ])("is refused: %s", async (_, transform) => {
    await writeFile(from("evil"), "x");
    hostile(...transform);
    await expect(unpack()).rejects.toThrow(/not below it/);
    await expect(stat(join(folder, "evil"))).rejects.toThrow();
  });

  it("writes through no link: neither one to a folder nor one in a file's place", async () => {
    await mkdir(join(folder, "outside"));
    await symlink(join(folder, "outside"), from("a"));
    await mkdir(from("b"));
    await writeFile(from("b/file"), "x");
    hostile("--transform=s,^./b,./a,");
    await expect(unpack()).rejects.toThrow(/EEXIST/);
    await expect(stat(join(folder, "outside/file"))).rejects.toThrow();
  });

  it("has no relative link that leads out, and no hard link to what is not in it", async () => {
    await symlink("../../etc/passwd", from("link"));
    hostile();
    await expect(unpack()).rejects.toThrow(/a link that leads out: .*link/);
    await rm(from("link"));
    await rm(join(folder, "into"), { recursive: true });
    await writeFile(from("a"), "x");
    execFileSync("ln", [from("a"), from("b")]);
    hostile("--transform=flags=h;s,./[ab],/etc/hostname,");
    await expect(unpack()).rejects.toThrow(/hard link to nothing|not below/);
  });

  it("leaves no pipe and no set-user bit", async () => {
    execFileSync("mkfifo", [from("pipe")]);
    await writeFile(from("tool"), "x");
    execFileSync("chmod", ["4755", from("tool")]);
    hostile();
    await unpack();
    await expect(lstat(into("pipe"))).rejects.toThrow();
    expect((await stat(into("tool"))).mode & 0o7777).toBe(0o755);
  });

  it("has its limits", async () => {
    for (let at = 0; at < 5; at += 1) await writeFile(from(`f${at}`), "x".repeat(1_000));
    hostile();
    await expect(unpack({ members: 3, bytes: 10_000 })).rejects.toThrow(/more than 3 members/);
    await rm(join(folder, "into"), { recursive: true });
    await expect(unpack({ members: 10, bytes: 3_000 })).rejects.toThrow(/more than 3000 bytes/);
  });

  it("is told from what is none, and from one that is cut", async () => {
    await writeFile(archive(), "x".repeat(2_000));
    await expect(unpack()).rejects.toThrow(/no tar archive/);
    await writeFile(from("big"), Buffer.alloc(100_000));
    hostile();
    await writeFile(archive(), (await readFile(archive())).subarray(0, 50_000));
    await expect(unpack()).rejects.toThrow(/is cut/);
  });
});
