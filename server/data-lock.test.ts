import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { lockDataFolder } from "./data-lock";
import { ConfigurationError } from "./env";

it("lets one server at a data folder, names it to the next, and forgets it when it is killed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "aid-lock-"));
  const bundle = join(fileURLToPath(new URL("../node_modules/.cache", import.meta.url)), `lock-${process.pid}.mjs`);
  try {
    const entry = fileURLToPath(new URL("data-lock.ts", import.meta.url));
    await build({
      entryPoints: [entry],
      outfile: bundle,
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      logLevel: "silent",
    });
    const program = `const { lockDataFolder } = await import(${JSON.stringify(bundle)}); lockDataFolder(${JSON.stringify(folder)}, "http://first"); console.log("held"); setInterval(() => {}, 1000);`;
    const first = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(first.stdout, "data");
    expect(() => lockDataFolder(folder, "http://second")).toThrow(ConfigurationError);
    expect(() => lockDataFolder(folder, "http://second")).toThrow(`process ${first.pid} at http://first`);
    first.kill("SIGKILL");
    await once(first, "exit");
    expect(() => lockDataFolder(folder, "http://second")).not.toThrow();
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(bundle, { force: true });
  }
});
