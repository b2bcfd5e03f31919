/** One place where two variations that are in a composition exclude each other. */
export interface SeamConflict {
  /** In the composition's tree. */
  path: string;
  /** `lines 6–9 of the base`, `the whole file`. */
  place: string;
  /** Letters and text of what the composition has, and of what was left out for it; no text: the file is deleted. */
  taken: SeamText;
  left: SeamText;
}

export interface SeamText {
  letters: string;
  text: string | null;
}

/** A check that failed on the composition's tree. */
export interface SeamCheck {
  name: string;
  command?: string;
  /** The first failing tests or findings, a line each. */
  named: readonly string[];
  /** The end of the output. */
  tail: string;
}

/** What an agent has to know to make a composition fit together. */
export interface FitTask {
  prompt: string;
  /** `A src/retry.ts:10-20`, a line each: where the composition's parts are from. */
  parts: readonly string[];
  conflicts: readonly SeamConflict[];
  failing: readonly SeamCheck[];
  /** What the person adds. */
  wish?: string;
  /** What may be changed. */
  paths: readonly string[];
}

const MAX = { parts: 200, conflicts: 30, checks: 10, named: 20, paths: 200, text: 2_000, tail: 3_000 };

/** What the agent is told, in Markdown: exact context, and the rule. Bounded; what is left out is said and can be read in the tree. */
export function fitMessage({ prompt, parts, conflicts, failing, wish, paths }: FitTask): string {
  const sections = [
    "Several agents worked on the same task, each in a tree of its own. A person has put parts of their work together. The tree in front of you is that composition. Parts from different hands may not fit: make them fit together.",
    `## The task that the agents were given\n\n${fenced(prompt)}`,
    `## What the composition is made of\n\nLetters are the variations, line numbers those of the composition.\n\n${list(parts, MAX.parts)}`,
    ...(conflicts.length === 0 ? [] : [`## Places where they conflict\n\n${conflictText(conflicts)}`]),
    ...(failing.length === 0 ? [] : [`## Checks that fail on it\n\n${bounded(failing, MAX.checks).map(checkText).join("\n\n")}`]),
    ...(conflicts.length + failing.length > 0
      ? []
      : [
          "No conflict and no failing check is known. Look for what does not fit: a missing import, a renamed function, a call with other arguments.",
        ]),
    ...(wish === undefined ? [] : [`## What the person adds\n\n${fenced(wish)}`]),
    `## The rule\n\nChange only what is needed at these seams, and nothing else: no clean-up, no improvements, no other style. Where two versions exclude each other, do what serves the intent of both if you can, and otherwise keep what the composition has. These are the files at the seams:\n\n${list(paths, MAX.paths)}\n\nWhatever you change elsewhere is shown to the person apart and is left out unless they take it. Say at the end in a few sentences what did not fit and what you did about it.`,
  ];
  return sections.join("\n\n");
}

function conflictText(conflicts: readonly SeamConflict[]): string {
  const texts = bounded(conflicts, MAX.conflicts).map(
    ({ path, place, taken, left }) =>
      `### ${path}, ${place}\n\nIn the composition, from ${taken.letters}:\n\n${shown(taken)}\n\nLeft out, from ${left.letters}:\n\n${shown(left)}`,
  );
  return [...texts, ...more(conflicts, MAX.conflicts)].join("\n\n");
}

function checkText({ name, command, named, tail }: SeamCheck): string {
  const head = command === undefined ? `### ${name}` : `### ${name}: \`${command}\``;
  const first = named.length === 0 ? [] : [list(named, MAX.named)];
  const end = tail.trim() === "" ? [] : [fenced(tail.length > MAX.tail ? `…${tail.slice(-MAX.tail)}` : tail)];
  return [head, ...first, ...end].join("\n\n");
}

function shown({ text }: SeamText): string {
  if (text === null) return "(deletes the file)";
  if (text === "") return "(nothing in its place)";
  return fenced(text.length > MAX.text ? `${text.slice(0, MAX.text)}\n… (${text.length - MAX.text} more characters)` : text);
}

function list(items: readonly string[], most: number): string {
  return [...bounded(items, most).map((item) => `- ${item}`), ...more(items, most)].join("\n");
}

function bounded<T>(items: readonly T[], most: number): readonly T[] {
  return items.slice(0, most);
}

function more(items: readonly unknown[], most: number): string[] {
  return items.length > most ? [`(and ${items.length - most} more)`] : [];
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text.replace(/\n$/, "")}\n${fence}`;
}
