import { type Check, lacksDependencies, syntaxChecks, testCheck } from "./check-commands";
import type { ToolResult } from "./conversation";
import { type DemoTask, type DemoToolCall, type DemoTurn, finishing, letterOf, planned, resultOf } from "./demo-turn";
import type { Idea } from "./ideas/idea";
import { type Corpus, planChanges } from "./plan-changes";
import type { Wish } from "./read-prompt";

/** Steps of a run; it ends with whether it got anywhere. */
type Steps<T> = Generator<DemoTurn, T, ToolResult[]>;

const CHARACTERS: readonly string[] = [
  "I go for the smallest change that helps.",
  "I look for what a test should pin.",
  "I take the side of whoever reads this next.",
  "I tidy up, and keep an eye on what callers rely on.",
  "I combine a few small things.",
];

interface Outcome {
  done: Idea[];
  /** What was tried and taken back, or refused. */
  undone: string[];
  checks: string[];
}

/** Goes on where everything has been read: makes this variation's changes one by one, checks them, and takes back what does not hold. */
export function* changeCode(task: DemoTask, corpus: Corpus, wish: Wish): Steps<boolean> {
  const ideas = planChanges(corpus, wish, task.variation);
  if (ideas.length === 0) return false;
  const checks = task.offers("command");
  const steps = ["Look around", ...ideas.map(({ plan }) => stepOf(plan)), ...(checks ? ["Check what I changed"] : [])];
  const outcome: Outcome = { done: [], undone: [], checks: [] };
  for (const [position, idea] of ideas.entries()) {
    const lead = position === 0 ? `${opening(task, wish, ideas)}\n\n` : "";
    yield* make(
      idea,
      `${lead}${position === 0 ? "" : "Next, I "}${position === 0 ? idea.why : `${idea.plan}. ${idea.why}`}`,
      planned(steps, position + 1),
      outcome,
    );
  }
  if (checks) yield* verify(outcome, planned(steps, ideas.length + 1));
  if (outcome.done.length === 0) {
    // What is left when no change of the code held: documents cannot be broken.
    const documents = planChanges({ ...corpus, sources: [], tests: new Map() }, { ...wish, kinds: [] }, task.variation);
    for (const idea of documents) yield* make(idea, `Instead, I ${idea.plan}. ${idea.why}`, planned(steps, steps.length - 1), outcome);
  }
  if (outcome.done.length === 0) return false;
  yield finishing(closing(outcome, checks), steps, summaryOf(task, wish, outcome, checks));
  return true;
}

/** One idea: all of it, or none of it. */
function* make(idea: Idea, text: string, plan: DemoToolCall, outcome: Outcome): Steps<void> {
  const calls: DemoToolCall[] = [
    ...idea.edits.map((edit) => ({ name: "edit", input: { ...edit } })),
    ...idea.files.map(({ path, text: content }) => ({ name: "write", input: { path, content } })),
  ];
  const results = yield { text, tools: [plan, ...calls] };
  const answers = results.filter(({ tool }) => tool !== "plan");
  if (calls.every((_, index) => answers[index]?.ok === true)) {
    outcome.done.push(idea);
    return;
  }
  outcome.undone.push(`${idea.plan}: the tools refused it`);
  const back = idea.edits.flatMap((edit, index) => (answers[index]?.ok === true ? [reversed(edit)] : [])).reverse();
  if (back.length > 0) yield { text: "That was refused half-way, so I take the first half back.", tools: back };
}

/** Broken files are never left behind: an idea that fails its check is taken back. */
function* verify(outcome: Outcome, plan: DemoToolCall): Steps<void> {
  const changed = [...new Set(outcome.done.flatMap(({ edits, files }) => [...edits, ...files].map(({ path }) => path)))];
  const checks: { check: Check; idea?: Idea }[] = [
    ...syntaxChecks(changed).map((check) => ({ check })),
    ...outcome.done.flatMap((idea) =>
      idea.files.flatMap(({ path, text }) => testCheck(path, text) ?? []).map((check) => ({ check, idea })),
    ),
  ];
  for (const [position, { check, idea }] of checks.entries()) {
    const result = resultOf(
      yield {
        text: position === 0 ? "Does it hold? I check what can be checked quickly." : `And ${check.name}?`,
        tools: [...(position === 0 ? [plan] : []), { name: "command", input: { command: check.command, seconds: check.seconds } }],
      },
      "command",
    );
    const output = result?.text ?? "";
    if (result?.ok === true) outcome.checks.push(/\bskipped\b/.test(output) ? `${check.name}: ${skipped(output)}` : `${check.name} passes`);
    else if (lacksDependencies(output)) outcome.checks.push(`${check.name} could not be run: what it needs is not installed here`);
    else yield* takeBack(outcome, idea === undefined ? outcome.done.filter(({ path }) => !/\.md$/i.test(path)) : [idea], check.name);
  }
}

function* takeBack(outcome: Outcome, ideas: readonly Idea[], check: string): Steps<void> {
  const calls: DemoToolCall[] = [...ideas]
    .reverse()
    .flatMap(({ edits, files }) => [
      ...files.map(({ path }) => ({ name: "command", input: { command: `rm -f -- '${path.replaceAll("'", "'\\''")}'` } })),
      ...[...edits].reverse().map(reversed),
    ]);
  if (calls.length > 0)
    yield { text: `${capital(check)} fails, so I take that back: a demo should not leave a broken file.`, tools: calls };
  outcome.done = outcome.done.filter((idea) => !ideas.includes(idea));
  outcome.undone.push(...ideas.map(({ plan }) => `${plan}: taken back, ${check} failed`));
}

function reversed({ path, old, new: replacement }: Idea["edits"][number]): DemoToolCall {
  return { name: "edit", input: { path, old: replacement, new: old } };
}

function skipped(output: string): string {
  return (
    output
      .split("\n")
      .find((line) => line.includes("skipped"))
      ?.trim() ?? "skipped"
  );
}

function opening({ variation }: DemoTask, wish: Wish, ideas: readonly Idea[]): string {
  const heard =
    wish.understood.length === 0
      ? "None of the words that I know is in your prompt, so I pick something myself."
      : `From your prompt I take these words: ${wish.understood.map((word) => `*${word}*`).join(", ")}.`;
  const [asked] = wish.kinds;
  const missed =
    asked !== undefined && !ideas.some(({ kind }) => wish.kinds.includes(kind))
      ? " I found no place where I dare to do that, so this comes near it at best."
      : "";
  const list = ideas.map(({ plan }, index) => `${index + 1}. ${plan}`).join("\n");
  return `${heard}${missed} ${CHARACTERS[variation % CHARACTERS.length] ?? ""} I will\n\n${list}`;
}

function closing({ done, undone }: Outcome, checked: boolean): string {
  const taken = undone.length === 0 ? "" : " Not everything held; the summary says what.";
  return done.length === 0 ? "Nothing of this held." : `That is all${checked ? "" : ", unchecked, since commands are off here"}.${taken}`;
}

function summaryOf({ variation }: DemoTask, wish: Wish, { done, undone, checks }: Outcome, checked: boolean): string {
  const list = done.map(({ plan, path }) => `- ${plan}${plan.includes(path) ? "" : ` (\`${path}\`)`}`).join("\n");
  const remarks = [
    ...(checks.length > 0
      ? [`Checked: ${checks.join("; ")}.`]
      : [checked ? "There was nothing to check." : "Not checked: commands are off here."]),
    ...(undone.length > 0 ? [`Not done: ${undone.join("; ")}.`] : []),
    ...(wish.understood.length === 0
      ? ["The demo model found no words in your prompt that it knows, so this may not be what you asked for."]
      : []),
    "By the **demo model**, a script without any AI. Set `ANTHROPIC_API_KEY` to let a real model do the work.",
  ];
  return `### Variation ${letterOf(variation)}\n\n${list}\n\n${remarks.join("\n\n")}`;
}

/** Plans are short lists: the beginning of the sentence is enough. */
function stepOf(plan: string): string {
  const text = capital(plan.replace(/[`*]/g, ""));
  return text.length > 90 ? `${text.slice(0, 89)}…` : text;
}

function capital(text: string): string {
  return text.replace(/^`?\w/, (letter) => letter.toUpperCase());
}
