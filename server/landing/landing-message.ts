import { plainText } from "@/lib/run/plain-text";
import { changeTotals, variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import type { Source } from "./planned-target";

const MAX_SUBJECT = 72;
const MAX_PROMPT = 4_000;
/** Lines that `git am` would take for the end of the message, for a header in it, or for a patch. */
const TAKEN_FOR_MAIL = /^(---|diff -|Index: |>*From |(From|Date|Subject):)/i;

/** Control characters other than tab and line feed: no terminal that shows the log obeys them. */
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** First line of the prompt, short enough for a subject. */
export function subjectOf(prompt: string): string {
  const line = oneLine(prompt.trim().split("\n")[0] ?? "");
  if (line === "") return "Land a variation";
  if (line.length <= MAX_SUBJECT) return line;
  const cut = line.slice(0, MAX_SUBJECT - 1);
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > MAX_SUBJECT / 2 ? space : undefined)}…`;
}

/** Says in the message of a commit which variation a part of a composition is from: `A src/retry.ts:10-20`. */
export const PROVENANCE_TRAILER = "Composed-from";

type Named = Pick<Source, "run" | "what" | "name" | "credits">;

/**
 * The commit's message: what the user wrote, or the prompt, and then trailers (git-interpret-trailers(1)) that name run, variation and agent, and
 * of a composition where its parts are from (`provenance`, whole lines).
 * What people and agents wrote cannot end the message early or pass for a trailer.
 */
export function commitMessage(source: Named, written: string | undefined, provenance: readonly string[] = []): string {
  const { run } = source;
  const text = written ?? [subjectOf(run.prompt), ...promptBlock(run.prompt)].join("\n");
  return `${mailSafe(text)}\n\n${[...trailers(source), ...provenance].join("\n")}\n`;
}

function promptBlock(prompt: string): string[] {
  const text = prompt.trim();
  if (subjectOf(prompt) === text) return [];
  const shown = text.length > MAX_PROMPT ? `${text.slice(0, MAX_PROMPT)}…` : text;
  return ["", "Prompt:", "", ...shown.split("\n").map((line) => `    ${line}`.trimEnd())];
}

function mailSafe(text: string): string {
  const [subject = "", ...body] = text.replace(CONTROL, "").trim().split("\n");
  const lines = body.map((line) => (TAKEN_FOR_MAIL.test(line) ? ` ${line}` : line.trimEnd()));
  // A subject is followed by an empty line, or git joins the next one to it.
  if (lines[0] !== undefined && lines[0] !== "") lines.unshift("");
  return [subject, ...lines].join("\n");
}

function trailers({ run, what, name, credits }: Named): string[] {
  const agents = [...new Set(credits.map(({ spec }) => oneLine(`${spec.agent} ${spec.model}`)))];
  return [
    `Aideator-Run: ${run.runId}`,
    what.composition === undefined ? `Aideator-Variation: ${name}` : `Aideator-Composition: ${what.composition}`,
    ...agents.map((agent) => `Aideator-Agent: ${agent}`),
    ...agents.map((agent) => `Co-authored-by: AIdeator agent (${agent.replace(/[<>]/g, "")}) <agent@aideator.invalid>`),
  ];
}

function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, " ").replace(CONTROL, "").trim();
}

/**
 * The text of a pull request: prompt, the agent's summary, and all variations side by side. Prompt and summary are quoted as plain text: what
 * an agent wrote mentions nobody, closes no issue, and loads no image.
 */
export function pullRequestBody({ run, what, name, summary }: Pick<Source, "run" | "what" | "name" | "summary">): string {
  const parts = ["**Prompt**", fenced(run.prompt)];
  if (summary !== undefined && summary.trim() !== "") {
    parts.push(`**Summary of variation ${name}**`, fenced(summary));
  }
  const { selection } = run;
  const isWinner = selection?.winner === what.winner && selection?.composition === what.composition;
  if (isWinner && selection?.reason !== undefined) {
    parts.push("**Why it was selected**", fenced(selection.reason));
  }
  parts.push("**Variations**", variationTable(run, what.winner), `Run \`${run.runId}\` on base \`${run.base?.commit ?? "?"}\`.`);
  return `${parts.join("\n\n")}\n`;
}

function variationTable(run: RunState, landed: number | undefined): string {
  const rows = run.variations.map((variation) => {
    const { added, deleted, files } = changeTotals(variation);
    const name = `${variationLetter(variation.index)}${variation.index === landed ? " (this one)" : ""}`;
    const { agent, model } = variation.spec;
    const cells = [name, cell(`${agent} ${model}`), variation.status, `${variation.turns}`, `$${variation.usage.dollars.toFixed(4)}`];
    return `| ${[...cells, `+${added} −${deleted}`, `${files}`].join(" | ")} |`;
  });
  return ["| Variation | Agent | State | Turns | Cost | Lines | Files |", "| --- | --- | --- | ---: | ---: | ---: | ---: |", ...rows].join(
    "\n",
  );
}

/** A code span: nothing in it is markup or a mention. */
function cell(text: string): string {
  return `\`${oneLine(text).replace(/[`|]/g, " ")}\``;
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const clean = plainText(text).trim();
  const longest = Math.max(2, ...[...clean.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${clean}\n${fence}`;
}
