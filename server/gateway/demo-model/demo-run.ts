import { chooseDocument, chooseFile, chooseLine } from "./choose-files";
import { chooseWords } from "./choose-words";
import { changeCode } from "./code-run";
import { listedPaths, readLines, type ToolResult } from "./conversation";
import { type DemoRun, type DemoTask, type DemoTurn, finishing, letterOf, planned, resultOf } from "./demo-turn";
import { gatherCorpus } from "./gather-corpus";
import { readPrompt } from "./read-prompt";
import { BUGGY_FILE } from "./sample-fixes";
import { fixFor, isSample, mendSample } from "./sample-run";

const LOOK = ["Look around", "Decide on a small change", "Make it", "Check"];
const STEPS = ["Look around", "Read what the prompt is about", "Write down what I saw", "Leave a note in the documentation"];
const QUOTED = 400;

/** A whole demo run: mends the sample repository, makes a small change in any other one, or leaves an honest note where it can make none. */
export function* demoRun(task: DemoTask): DemoRun {
  const listing = resultOf(
    yield {
      text: `I am AIdeator's **demo model**: a script, not a language model. What I do with the tools is real, though. You asked:\n\n${quote(task.prompt)}\n\nLet me look around first.`,
      tools: [planned(LOOK, 0), { name: "list", input: {} }],
    },
    "list",
  );
  const paths = listing?.ok ? listedPaths(listing.text) : [];
  if (isSample(paths)) {
    const read = resultOf(
      yield {
        text: "A small todo list for the terminal. The order has to survive saving and loading, so I begin where both happen.",
        tools: [{ name: "read", input: { path: BUGGY_FILE } }],
      },
      "read",
    );
    const fix = fixFor(task.variation, read);
    if (fix !== undefined) return yield* mendSample(task, fix);
  }
  if (listing?.ok && task.offers("read") && task.offers("edit")) {
    const wish = readPrompt(task.prompt);
    if (yield* changeCode(task, yield* gatherCorpus(task, paths, wish), wish)) return;
  }
  return yield* leaveNotes(task, listing, paths);
}

function* leaveNotes(task: DemoTask, listing: ToolResult | undefined, paths: readonly string[]): DemoRun {
  const troubles: string[] = listing?.ok ? [] : ["the files could not be listed"];
  const words = chooseWords(task.prompt, 2);
  const searches = words.length === 0 ? [] : yield searching(words, paths.length);
  const hits = searches.filter(({ ok }) => ok).map(({ text }) => text);
  const file = chooseFile(paths, hits, task.variation);
  let seen: string[] = [];
  if (file !== undefined) {
    const read = resultOf(
      yield {
        text: `\`${file}\` looks closest to that. I will read it.`,
        tools: [planned(STEPS, 1), { name: "read", input: { path: file } }],
      },
      "read",
    );
    seen = read?.ok ? readLines(read.text) : [];
    if (!read?.ok) troubles.push(`\`${file}\` could not be read`);
  }

  const letter = letterOf(task.variation);
  const notes = `notes/aideator-${letter.toLowerCase()}.md`;
  const document = chooseDocument(paths);
  const written = yield {
    text: `I cannot invent a change that does what you ask, being a script. So I write down what I found${document === undefined ? "" : ` and read \`${document}\``}.`,
    tools: [
      planned(STEPS, 2),
      { name: "write", input: { path: notes, content: noteText({ task, letter, paths, words, file, seen }) } },
      ...(document === undefined ? [] : [{ name: "read", input: { path: document } }]),
    ],
  };
  if (!resultOf(written, "write")?.ok) troubles.push(`\`${notes}\` could not be written`);

  const line = chooseLine(readLines(resultOf(written, "read")?.text ?? ""), task.variation);
  let edited = false;
  if (document !== undefined && line !== undefined) {
    const results = yield {
      text: `One line of \`${document}\` gets a pointer to these notes.`,
      tools: [
        planned(STEPS, 3),
        { name: "edit", input: { path: document, old: line, new: `${line}\n\n> Demo note ${letter}: see \`${notes}\`.` } },
      ],
    };
    edited = resultOf(results, "edit")?.ok ?? false;
    if (!edited) troubles.push(`\`${document}\` could not be edited`);
  }
  const trouble = troubles.length === 0 ? "" : `\n\nNot everything went well: ${troubles.join("; ")}.`;
  yield finishing(
    "That is as far as a script can go.",
    STEPS,
    `### Variation ${letter}\n\nThe demo model looked around and left notes; it did **not** do what the prompt asks.\n\n- new: \`${notes}\`${edited ? `\n- changed: \`${document}\`` : ""}${trouble}\n\nSet \`ANTHROPIC_API_KEY\` to let a real model do the work.`,
  );
}

function searching(words: readonly string[], files: number): DemoTurn {
  return {
    text: `${files} ${files === 1 ? "file" : "files"}. Which of them speak of ${words.map((word) => `*${word}*`).join(" or ")}?`,
    tools: words.map((word) => ({ name: "search", input: { pattern: word, ignore_case: true } })),
  };
}

interface Seen {
  task: DemoTask;
  letter: string;
  paths: readonly string[];
  words: readonly string[];
  file: string | undefined;
  seen: readonly string[];
}

function noteText({ task, letter, paths, words, file, seen }: Seen): string {
  const first = seen.find((line) => /[\p{L}\p{N}]/u.test(line) && line.length <= 160 && !line.includes("`"));
  return [
    `# Notes of variation ${letter}`,
    "The demo model wrote this. It is a script that shows how AIdeator works; it does not understand the prompt:",
    quote(task.prompt),
    [
      `- files listed: ${paths.length}`,
      `- searched for: ${words.length === 0 ? "nothing, the prompt has no telling words" : words.join(", ")}`,
      file === undefined ? "- read: no text file was found" : `- read: \`${file}\`, ${seen.length} lines`,
      ...(first === undefined ? [] : [`- its first words: \`${first.trim()}\``]),
    ].join("\n"),
    "",
  ].join("\n\n");
}

function quote(prompt: string): string {
  const characters = [...prompt];
  const text = characters.length > QUOTED ? `${characters.slice(0, QUOTED).join("")} …` : prompt;
  return text
    .split("\n")
    .map((line) => `> ${line}`.trimEnd())
    .join("\n");
}
