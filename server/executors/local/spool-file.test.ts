import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSpoolFile } from "./spool-file";

const mayMount = process.getuid?.() === 0;

// A real full disk: a file system of 256 kB in memory. Only root may mount one.
it.skipIf(!mayMount)("loses and tears nothing on a full disk, and goes on when there is space again", async () => {
  const disk = mkdtempSync(join(tmpdir(), "aid-full-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  try {
    writeFileSync(join(disk, "filler"), Buffer.alloc(200_000));
    const seen: string[] = [];
    const spool = openSpoolFile(join(disk, "spool"), {
      held: () => seen.push("held"),
      released: () => seen.push("released"),
      gaveUp: () => seen.push("gave up"),
    });
    const lines = Array.from({ length: 100 }, (_, at) => `${at} `.padEnd(1_000, "x"));
    for (const line of lines) spool.write([line]);
    expect(seen).toEqual(["held"]);
    expect(readFileSync(join(disk, "spool")).length).toBeLessThan(100_000);
    rmSync(join(disk, "filler"));
    await expect.poll(() => seen, { timeout: 5_000 }).toEqual(["held", "released"]);
    spool.write(["last"]);
    spool.close();
    expect(readFileSync(join(disk, "spool"), "utf8")).toBe(`${[...lines, "last"].join("\n")}\n`);
  } finally {
    execFileSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  }
});
