#!/usr/bin/env node
// The command `aideator`. Node's own modules only: it must be able to say what is missing before anything is installed or built.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const bundle = new URL("../dist/cli.mjs", import.meta.url);
if (existsSync(bundle)) await import(bundle.href);
else if (process.argv[2] === "up") {
  process.argv.splice(2, 1);
  await import("../scripts/up.mjs");
} else {
  process.stderr.write(`aideator: it is not built yet. Run npm run up in ${fileURLToPath(new URL("..", import.meta.url))} first.\n`);
  process.exitCode = 2;
}
