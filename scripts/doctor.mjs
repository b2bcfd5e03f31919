// npm run doctor: what this machine offers to the server, tried out. Needs the packages, not a build.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { configuredEnvironment } from "./serve.mjs";
import { fail, root, run, StepError } from "./step.mjs";

const tsx = join(root, "node_modules/tsx/dist/cli.mjs");
if (!existsSync(tsx)) fail(new StepError("The packages are not installed yet: npm run up does that."));
const args = [tsx, "server/doctor/main.ts", ...process.argv.slice(2)];
process.exitCode = (await run(process.execPath, args, { env: configuredEnvironment(), show: true })).code;
