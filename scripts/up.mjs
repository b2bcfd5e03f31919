// npm run up [-- --port 3001 --host 127.0.0.1 --data-dir ./data]: from a fresh clone to a running server.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { serve } from "./serve.mjs";
import { setUp } from "./setup.mjs";
import { fail } from "./step.mjs";

const options = { port: { type: "string" }, host: { type: "string" }, "data-dir": { type: "string" } };

try {
  const configured = optionsAsEnvironment();
  await setUp();
  await build();
  process.exitCode = await serve(["--enable-source-maps", "dist/server.mjs"], { NODE_ENV: "production", ...configured });
} catch (error) {
  fail(error);
}

/** Options win over the environment and `.env`. A wrong one ends the program with 2. */
function optionsAsEnvironment() {
  try {
    const { port, host, "data-dir": dataDir } = parseArgs({ options }).values;
    // The folder is meant from where the person is; the server works elsewhere.
    const given = { PORT: port, HOST: host, AIDEATOR_DATA_DIR: dataDir === undefined ? undefined : resolve(dataDir) };
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
