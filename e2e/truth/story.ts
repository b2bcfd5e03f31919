/** What one variation does, in order; of each edit exactly one form. */
export type Edit =
  | { write: string; content: string }
  | { edit: string; old: string; new: string }
  /** For a shell at the root of the tree. */
  | { command: string };

/** Test runners whose plain output the harness reads by itself. */
export type RunnerName = "node" | "mocha" | "jest" | "vitest" | "pytest" | "unittest" | "go" | "cargo";

/** Five variations of one repository, and what is to be shown of them. */
export interface Story {
  runner: RunnerName;
  /** Up to five; the first is A. */
  variations: readonly (readonly Edit[])[];
  /** Whose work is composed: it must fit together. Indices. */
  compose: readonly number[];
  /** What the story is about, as people would say it: held against what was computed, so that a story cannot become an empty one. */
  expect: {
    /** By index: how many tests of the base it breaks, and how many new ones it brings that pass. */
    broken: readonly number[];
    added: readonly number[];
    /** Marks that must occur among the rows. */
    marks: readonly ("all" | "some" | "only" | "conflict")[];
  };
  /** Ids of checks that are left out, such as slow ones. */
  disabled?: readonly string[];
  /** Whose tests are crossed, where all would take too long; all of them otherwise. Indices. */
  crossed?: readonly number[];
  /** Taken along beside the tree when a runner is started by hand: `node_modules`. */
  dependencies?: readonly string[];
}

export const letterOf = (index: number): string => "abcde".charAt(index);

/** The scenario file that plays a story (docs/scripts.md). */
export function scenarioOf({ variations }: Story): object {
  return {
    description: "Variations of a repository, each with its own edits.",
    variations: variations.map((edits) => ({
      turns: [
        ...edits.map((edit) => ({ steps: [{ ...toolOf(edit), chunk: 2_000, delayMs: 0 }] })),
        { steps: [{ tool: "finish", input: { summary: "Done." } }] },
      ],
    })),
  };
}

function toolOf(edit: Edit): object {
  if ("write" in edit) return { tool: "write", input: { path: edit.write, content: edit.content } };
  if ("edit" in edit) return { tool: "edit", input: { path: edit.edit, old: edit.old, new: edit.new } };
  return { tool: "command", input: { command: edit.command } };
}
