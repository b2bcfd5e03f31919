// Starts the server as a child that owns the terminal, and passes on what ends it.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { root } from "./step.mjs";

/** This process' environment on top of the file `.env`. */
export function configuredEnvironment() {
  const file = join(root, ".env");
  return { ...(existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {}), ...process.env };
}

/** Resolves to the exit code once the server has ended. Values of the environment win over those in `.env`. */
export function serve(args, environment) {
  const env = { ...configuredEnvironment(), NEXT_TELEMETRY_DISABLED: "1", ...environment };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  // A terminal sends Ctrl-C to the server as well: here it is only waited for. Other signals come to this process alone.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? (signal === "SIGTERM" ? 143 : 1))));
}
