import { readLines, type ToolResult } from "./conversation";
import { type DemoRun, type DemoTask, finishing, letterOf, planned, resultOf } from "./demo-turn";
import { BUGGY_FILE, type SampleFix, sampleFixes } from "./sample-fixes";

const STEPS = ["Find where the order is lost", "Mend it", "Cover it with a test", "Run the tests"];

/** True for the sample repository's files. */
export function isSample(paths: readonly string[]): boolean {
  return [BUGGY_FILE, "src/todo-list.js", "src/cli.js", "package.json"].every((path) => paths.includes(path));
}

/** The way this variation mends the sample, if the file that it read still has the bug. */
export function fixFor(variation: number, read: ToolResult | undefined): SampleFix | undefined {
  const fix = sampleFixes[variation % sampleFixes.length];
  const text = readLines(read?.text ?? "").join("\n");
  return fix?.edits.every(({ path, old }) => path !== BUGGY_FILE || text.includes(old)) ? fix : undefined;
}

/** Goes on where the sample's buggy file was read: mends it for real, tests it for real. */
export function* mendSample(task: DemoTask, fix: SampleFix): DemoRun {
  const runsTests = task.offers("command");
  const steps = runsTests ? STEPS : STEPS.slice(0, -1);
  const failed: string[] = [];
  const note = (results: readonly ToolResult[], tool: string, path: string): void => {
    // Also where the tool was not offered: nothing was changed then.
    if (resultOf(results, tool)?.ok !== true) failed.push(`\`${path}\``);
  };

  const readme = fix.edits.filter(({ path }) => path !== BUGGY_FILE);
  yield {
    text: `Found it. \`serializeList\` keys the items by their **id**, and JavaScript sorts keys that are whole numbers, so every moved item jumps back as soon as the list is saved.\n\nI will ${fix.approach}.`,
    tools: [
      planned(steps, 1),
      ...(readme.length > 0 ? [{ name: "read", input: { path: "README.md" } }] : []),
      { name: "search", input: { pattern: "serializeList", path: "." } },
    ],
  };
  const edits = fix.edits.filter(({ path }) => path === BUGGY_FILE);
  for (const [position, edit] of edits.entries()) {
    const text = position === 0 ? "First the code:" : "And the side that belongs to it:";
    note(yield { text, tools: [{ name: "edit", input: edit }] }, "edit", edit.path);
  }
  const results = yield {
    text: `Now a test that fails without the change${readme.length > 0 ? ", and the README, which still lists the problem as known" : ""}.`,
    tools: [
      { name: "write", input: { path: fix.test.path, content: fix.test.content } },
      ...readme.map((edit) => ({ name: "edit", input: edit })),
      planned(steps, runsTests ? 3 : 2),
    ],
  };
  note(results, "write", fix.test.path);
  if (readme.length > 0) note(results, "edit", "README.md");
  let tested = "The tests were not run: commands are off here.";
  if (runsTests) {
    const command = yield {
      text: "Do all of them pass?",
      tools: [{ name: "command", input: { command: fix.command } }],
    };
    tested = resultOf(command, "command")?.ok ? `\`${fix.command}\` passes.` : `\`${fix.command}\` did **not** pass; its output is above.`;
  }
  const changed = [...new Set(fix.edits.map(({ path }) => `\`${path}\``))].join(", ");
  const outcome =
    failed.length === 0
      ? `The list keeps its order after a reload. I chose to ${fix.approach}.`
      : `This is **not** whole: ${[...new Set(failed)].join(" and ")} could not be changed. I tried to ${fix.approach}.`;
  yield finishing(
    `${tested} That is all I have to do.`,
    steps,
    `### Variation ${letterOf(task.variation)}\n\n${outcome}\n\n- changed: ${changed}\n- new: \`${fix.test.path}\`\n- ${tested}\n\n${fix.tradeOff}`,
  );
}
