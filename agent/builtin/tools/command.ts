import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import { shownOutput } from "./shown-output";
import { defineTool } from "./tool";

const DEFAULT_SECONDS = 180;
const LONGEST_SECONDS = 1_800;
/** What a person sees of one call: beginning and end, with an `output.truncated` event between the two. */
const SHOWN_LIMIT = 1_000_000;
/** What the model gets: head and tail. */
const RESULT_LIMIT = 30_000;

/** A shell command in the sandbox. */
export const commandTool = defineTool({
  name: "command",
  kind: "command",
  description: `Runs a shell command in the workspace and answers its output and exit code. No network. Ends after ${DEFAULT_SECONDS} seconds unless \`seconds\` says otherwise.`,
  input: z.object({ command: z.string().min(1), seconds: z.number().positive().max(LONGEST_SECONDS).optional() }),
  title: ({ command }) => command,
  run({ command, seconds = DEFAULT_SECONDS }, { workspace, show, state, callId }) {
    return new Promise((resolve, reject) => {
      const child = spawn("/bin/bash", ["-c", command], { cwd: workspace.root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
      const shown = shownOutput(SHOWN_LIMIT, show);
      let head = "";
      let tail = "";
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        endGroup(child.pid);
      }, seconds * 1_000);

      const take = (stream: "stdout" | "stderr") => {
        const decoder = new StringDecoder("utf8");
        return (chunk: Buffer): void => {
          const text = decoder.write(chunk);
          shown.push(stream, text);
          if (head.length < RESULT_LIMIT / 2) head += text.slice(0, RESULT_LIMIT / 2 - head.length);
          tail = (tail + text).slice(-RESULT_LIMIT);
        };
      };
      child.stdout.on("data", take("stdout"));
      child.stderr.on("data", take("stderr"));
      child.once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
      child.once("exit", (code, signal) => {
        clearTimeout(timer);
        // What it left in the background would hold the pipes open and this call with them.
        const settle = setTimeout(() => endGroup(child.pid), 500);
        child.once("close", () => {
          clearTimeout(settle);
          shown.end((droppedBytes) => state({ type: "output.truncated", callId, droppedBytes, limitBytes: SHOWN_LIMIT }));
          const exitCode = code ?? null;
          const how = late ? `stopped after ${seconds} s` : signal === null ? `exit code ${code}` : `ended by ${signal}`;
          const output = tail.length < RESULT_LIMIT ? tail : `${head}\n[... output left out ...]\n${tail.slice(-RESULT_LIMIT / 2)}`;
          resolve({ ok: code === 0, content: `${output}\n[${how}]`, exitCode, summary: code === 0 ? undefined : how });
        });
      });
    });
  },
});

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
