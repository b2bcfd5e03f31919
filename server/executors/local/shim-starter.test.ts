import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attemptFiles } from "./attempt-files";
import { createShimStarter } from "./shim-starter";

// The real shim as a real process, told apart by the folder in its arguments.
let dir: string;
let shim: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aid-shim-"));
  shim = join(dir, "shim.mjs");
  const entry = fileURLToPath(new URL("shim.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile: shim, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "silent" });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const running = (folder: string): number =>
  readdirSync("/proc").filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0").includes(folder);
    } catch {
      return false;
    }
  }).length;

describe("a shim that was booted and never launched", () => {
  it("does nothing, and ends when it is dismissed", async () => {
    const files = attemptFiles(dir, "agent-shim00000000-0");
    const starter = createShimStarter([process.execPath, shim], { PATH: "/usr/bin:/bin" });
    starter.boot(files);
    starter.boot(files);
    await expect.poll(() => running(files.folder)).toBe(1);
    starter.dismiss(files);
    starter.dismiss(files);
    await expect.poll(() => running(files.folder), { timeout: 10_000 }).toBe(0);
    expect(readdirSync(dir)).toEqual(["shim.mjs"]);
  });

  it("ends when the server is killed", async () => {
    const { folder } = attemptFiles(dir, "agent-shim00000000-1");
    const program = `const { spawn } = await import("node:child_process");
      spawn(process.execPath, [${JSON.stringify(shim)}, ${JSON.stringify(folder)}], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
      console.log("booted"); setInterval(() => {}, 1000);`;
    const server = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(server.stdout, "data");
    await expect.poll(() => running(folder)).toBe(1);
    server.kill("SIGKILL");
    await expect.poll(() => running(folder), { timeout: 10_000 }).toBe(0);
  });
});
