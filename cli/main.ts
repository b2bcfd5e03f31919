import { fileURLToPath } from "node:url";
import { processConsole } from "./console";
import { runCommandLine } from "./run-command-line";

/** Both `cli/main.ts` and the bundle `dist/cli.mjs` lie one folder below the program's root. */
const root = fileURLToPath(new URL("..", import.meta.url));

// A reader such as `head` that has seen enough is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), processConsole(root));
