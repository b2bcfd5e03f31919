import { z } from "zod";
import { createOutputTail } from "../output-tail";
import { plainOutput } from "../plain-output";
import { onText, signalGroup, spawnShell } from "../processes";
import { shownOutput } from "./shown-output";
import { defineTool, type ToolContext, type ToolResult } from "./tool";

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
  description: `Runs a shell command (bash) in the workspace and answers its output and exit code. No network, no terminal. Ends after ${DEFAULT_SECONDS} seconds unless \`seconds\` says otherwise. \`background\` starts what does not end by itself, such as a server: read and stop it with the process tool.`,
  input: z.object({
    command: z.string().min(1),
    seconds: z.number().positive().max(LONGEST_SECONDS).optional().describe("Longest running time."),
    background: z.boolean().optional(),
  }),
  title: ({ command, background }) => (background === true ? `${command} &` : command),
  run({ command, seconds = DEFAULT_SECONDS, background = false }, context) {
    if (!background) return runToEnd(command, seconds, context);
    const name = context.processes.start(command, context.workspace.root);
    return Promise.resolve({ ok: true, content: `Started in the background as ${name}.`, summary: name });
  },
});

function runToEnd(command: string, seconds: number, { workspace, show, state, callId, deadline }: ToolContext): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawnShell(command, workspace.root);
    const output = createOutputTail(RESULT_LIMIT);
    const shown = shownOutput(SHOWN_LIMIT, show);
    let late: string | undefined;
    const end = (why: string): void => {
      late ??= why;
      signalGroup(child.pid, "SIGKILL");
    };
    const timer = setTimeout(() => end(`stopped after ${seconds} s`), seconds * 1_000);
    const expire = (): void => end("stopped: the time is over");
    deadline.addEventListener("abort", expire, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      deadline.removeEventListener("abort", expire);
    };

    onText(child, (stream, text) => {
      output.push(text);
      shown.push(stream, text);
    });
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("exit", (code, signal) => {
      settle();
      // What it left in the background would hold the pipes open and this call with them.
      const rest = setTimeout(() => signalGroup(child.pid, "SIGKILL"), 500);
      child.once("close", () => {
        clearTimeout(rest);
        shown.end((droppedBytes) => state({ type: "output.truncated", callId, droppedBytes, limitBytes: SHOWN_LIMIT }));
        const how = late ?? (signal === null ? `exit code ${code}` : `ended by ${signal}`);
        const content = `${plainOutput(output.text())}\n[${how}]`;
        resolve({ ok: code === 0, content, exitCode: code, summary: code === 0 ? undefined : how });
      });
    });
  });
}
