import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeFolder } from "../executors/local/remove-folder";
import { createTrash } from "./trash";

const at = Date.parse("2026-03-04T05:06:07.890Z");
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "aideator-trash-"));
});
afterEach(() => execFileSync("rm", ["-rf", dir]));

function folder(name: string, content: string): string {
  mkdirSync(join(dir, name), { recursive: true });
  writeFileSync(join(dir, name, "file"), content);
  return join(dir, name);
}

describe("the trash", () => {
  it("holds what was put in, under its date, for the server's user only", async () => {
    const trash = createTrash(dir);
    const path = await trash.put(folder("agent-one-0", "work"), at);
    expect(path).toBe(join(dir, "trash", "2026-03-04T05-06-07Z-agent-one-0"));
    expect(readFileSync(join(path, "file"), "utf8")).toBe("work");
    expect(existsSync(join(dir, "agent-one-0"))).toBe(false);
    expect(statSync(join(dir, "trash")).mode & 0o777).toBe(0o700);
    expect(await trash.list()).toEqual([{ path, name: "agent-one-0", at: Date.parse("2026-03-04T05:06:07Z") }]);
  });

  it("never replaces one thing by another", async () => {
    const trash = createTrash(dir);
    await trash.put(folder("same", "first"), at);
    await trash.put(folder("same", "second"), at);
    const contents = (await trash.list()).map(({ path }) => readFileSync(join(path, "file"), "utf8"));
    expect(contents.sort()).toEqual(["first", "second"]);
  });

  it("does not list, hence never deletes, what others put there", async () => {
    folder("trash/my-own", "mine");
    expect(await createTrash(dir).list()).toEqual([]);
  });

  it("deletes for good, again and again", async () => {
    const trash = createTrash(dir);
    await trash.put(folder("same", "x"), at);
    const [entry] = await trash.list();
    if (entry === undefined) throw new Error("nothing is in the trash");
    await trash.destroy(entry);
    await trash.destroy(entry);
    expect(readdirSync(join(dir, "trash"))).toEqual([]);
  });
});

describe("removeFolder", () => {
  it("removes what is nested deeper than a path may be long", async () => {
    const deep = folder("deep", "x");
    execFileSync("bash", ["-c", 'name=$(printf "d%.0s" {1..200}); for i in {1..40}; do mkdir $name; cd $name; done'], { cwd: deep });
    await removeFolder(deep);
    expect(existsSync(deep)).toBe(false);
  });

  it("leaves alone what a link points to", async () => {
    const target = folder("target", "x");
    symlinkSync(target, join(dir, "link"));
    await removeFolder(join(dir, "link"));
    expect(readdirSync(dir)).toEqual(["target"]);
    expect(readdirSync(target)).toEqual(["file"]);
    rmSync(target, { recursive: true });
  });
});
