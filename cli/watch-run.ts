import { cancelRun, getRun } from "@/lib/client/api";
import type { RunResponse } from "@/lib/protocol/http";
import type { RunState } from "@/lib/run/state";
import type { Console } from "./console";
import { type ExitCode, exitCodes } from "./exit-codes";
import { runFailures } from "./failure-lines";
import type { ServerAccess } from "./find-server";
import { followRun, type RunWatcher } from "./follow-run";
import { createPlainLines } from "./plain-lines";
import { variationTable } from "./run-table";
import { openLiveView } from "./terminal/live-view";
import { inert, painter } from "./terminal/text";

/** What is shown of a run while it goes on. */
interface RunDisplay extends RunWatcher {
  note(text: string): void;
  close(): void;
}

/** Shows a run until it ends: lanes in a terminal, lines in a pipe, or events as JSON. Ctrl-C stops the run, a second one leaves it. */
export async function watchRun(
  runId: string,
  server: ServerAccess,
  { json, terminal }: { json: boolean; terminal: Console },
): Promise<ExitCode> {
  const display = openDisplay(json, terminal);
  let interrupts = 0;
  const onInterrupt = (): void => {
    interrupts += 1;
    if (interrupts > 1) {
      display.close();
      terminal.err(`Left. ${lookAt(runId, terminal)}\n`);
      process.exit(exitCodes.interrupted);
    }
    display.note("Stopping the run; Ctrl-C once more leaves it as it is.");
    cancelRun(runId).catch((error: unknown) =>
      display.note(`It could not be stopped: ${error instanceof Error ? inert(error.message) : ""}`),
    );
  };
  const onTerminate = (): void => process.exit(128 + 15);
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  try {
    const end = await followRun(runId, server, display);
    display.close();
    const code = codeOf(end, interrupts > 0);
    printEnd(await getRun(runId), { code, json, server, terminal });
    return code;
  } finally {
    display.close();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onTerminate);
  }
}

function codeOf({ status }: RunState, interrupted: boolean): ExitCode {
  if (interrupted) return exitCodes.interrupted;
  return status === "completed" ? exitCodes.ok : exitCodes.failed;
}

function openDisplay(json: boolean, terminal: Console): RunDisplay {
  const away = "The server does not answer; the agents go on. Trying again …";
  const hint = "Ctrl-C stops the run";
  if (terminal.live && !json) {
    const view = openLiveView(terminal);
    view.setFooter(hint);
    return {
      onState: view.show,
      onStatus: (status) => view.setFooter(status === "offline" ? away : hint),
      note: view.setFooter,
      close: view.close,
    };
  }
  const plain = createPlainLines();
  const note = (text: string): void => terminal.err(`${text}\n`);
  return {
    onEvent(event, run) {
      if (json) terminal.out(`${JSON.stringify(event)}\n`);
      else for (const line of plain.lines(event, run)) terminal.out(`${line}\n`);
    },
    onStatus: (status) => {
      if (status === "offline") note(away);
    },
    note,
    close: () => undefined,
  };
}

interface Ended {
  code: ExitCode;
  json: boolean;
  server: ServerAccess;
  terminal: Console;
}

function printEnd(run: RunResponse, { code, json, server, terminal }: Ended): void {
  if (json) return terminal.out(`${JSON.stringify({ exit_code: code, url: `${server.url}/runs/${run.run_id}`, run })}\n`);
  const paint = painter(terminal.colour);
  terminal.out(`\n${variationTable(run, paint)}${runFailures(run, paint)}`);
  terminal.out(`\n${nextCommands(run, server, terminal)}`);
}

/** What a person does next, ready to be typed. */
function nextCommands(run: RunResponse, { url }: ServerAccess, { name }: Console): string {
  const id = run.run_id;
  const done =
    run.variations.find(({ state, files }) => state === "completed" && files > 0) ?? run.variations.find(({ files }) => files > 0);
  const page = `open      ${url}/runs/${id}\n`;
  const retry = run.status === "completed" ? "" : `retry     ${name} retry ${id}\n`;
  if (done === undefined) return retry + page;
  const letter = String.fromCharCode(97 + done.variation_id);
  return `compare   ${name} diff ${id} ${letter}\npick      ${name} select ${id} ${letter}\nland      ${name} land ${id}\n${retry}${page}`;
}

function lookAt(runId: string, { name }: Console): string {
  return `Look at it: ${name} show ${runId}; stop it: ${name} stop ${runId}.`;
}
