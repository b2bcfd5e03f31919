import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { z } from "zod";
import { takeEnvironment } from "./environment";
import { gatewayBaseUrl } from "./forwarder";

/**
 * The program inside a set-up's sandbox: opens the way to the proxy, tells every language of it, and becomes the project's command. All
 * output goes to standard error, whose lines are taken as they are.
 */
const taskSchema = z.object({ command: z.string(), proxySocket: z.string().optional() });

const task = taskSchema.parse(JSON.parse(readFileSync(process.env.AIDEATOR_TASK ?? "", "utf8")));
takeEnvironment(process.env.AIDEATOR_ENVIRONMENT);
for (const name of Object.keys(process.env)) if (name.startsWith("AIDEATOR_")) delete process.env[name];
if (task.proxySocket !== undefined) Object.assign(process.env, proxyVariables(await gatewayBaseUrl(`unix:${task.proxySocket}`)));

const child = spawn("/bin/bash", ["-c", task.command], { stdio: ["ignore", 2, 2] });
child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(126);
});
// What it left in the background ends with the sandbox.
child.once("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));

function proxyVariables(proxy: string): Record<string, string> {
  const { hostname, port } = new URL(proxy);
  const java = ["http", "https"].map((scheme) => `-D${scheme}.proxyHost=${hostname} -D${scheme}.proxyPort=${port}`).join(" ");
  const both = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "npm_config_proxy", "npm_config_https_proxy"];
  return {
    ...Object.fromEntries(both.map((name) => [name, proxy])),
    // Everything goes through the proxy, whatever the server's own variables say.
    no_proxy: "",
    NO_PROXY: "",
    npm_config_noproxy: "",
    JAVA_TOOL_OPTIONS: java,
  };
}
