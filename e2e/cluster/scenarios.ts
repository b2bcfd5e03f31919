import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Short: what an agent says has to fit into its window, and a log line is mostly what stands around it. */
const filler = " and so on";

interface Counting {
  lines: number;
  delayMs: number;
}

/** Scripted agents that number what they say. `hold` works for ever; `memory` needs more than its pod has. */
const counting: Record<string, Counting> = {
  brief: { lines: 20, delayMs: 5 },
  count: { lines: 3_000, delayMs: 3 },
  many: { lines: 16_000, delayMs: 1 },
  slow: { lines: 600, delayMs: 40 },
};
/** Single events that no node keeps in one piece: it cuts lines at 16 KiB. */
const wide = Array.from({ length: 6 }, (_, at) => `${at} `.padEnd(60_000, "wide ")).join("");
/** Each process is smaller than the agent, so that the agent is what the kernel ends; a tree has been taken by then. */
const hungry = "sleep 4; for i in $(seq 40); do head -c 30000000 /dev/zero | tail & done; wait";

const write = { tool: "write", input: { path: "notes/{{lower}}.md", content: "# Note {{letter}}\n" } };
const finish = { steps: [{ tool: "finish", input: { summary: "Wrote `notes/{{lower}}.md`." } }] };
const count = ({ lines, delayMs }: Counting) => ({ repeat: { text: `{{letter}} {n}${filler}\n`, times: lines, delayMs } });

/** Everything that a variation says that plays one of these to its end. */
export function saidBy(scenario: string, variation: number): string | undefined {
  if (scenario === "wide") return wide;
  const lines = counting[scenario]?.lines;
  if (lines === undefined) return undefined;
  const letter = String.fromCharCode(65 + variation);
  return Array.from({ length: lines }, (_, at) => `${letter} ${at + 1}${filler}\n`).join("");
}

/** All of them as the files of a folder for `AIDEATOR_SCRIPTS`: name and text. */
export function scenarioFiles(): [name: string, text: string][] {
  const scenarios: Record<string, object[]> = {
    ...Object.fromEntries(Object.entries(counting).map(([name, one]) => [name, [{ steps: [count(one), write] }, finish]])),
    wide: [{ steps: [{ text: wide, chunk: 60_000, delayMs: 50 }, write] }, finish],
    hold: [{ steps: [write] }, { steps: [count({ lines: 100_000, delayMs: 100 })] }],
    memory: [{ steps: [write] }, { steps: [{ tool: "command", input: { command: hungry } }] }, finish],
  };
  return Object.entries(scenarios).map(([name, turns]) => [`${name}.json`, JSON.stringify({ default: { turns } })]);
}

/** Such a folder on this machine. */
export async function writeScenarios(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "aid-cs-"));
  for (const [name, text] of scenarioFiles()) await writeFile(join(folder, name), text);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
