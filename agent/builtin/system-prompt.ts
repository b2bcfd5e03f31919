import { readFile } from "node:fs/promises";
import type { AgentTask } from "@/lib/protocol/agent-task";
import type { Workspace } from "./workspace";

const GUIDE_FILES = ["AGENTS.md", "CLAUDE.md"];
const GUIDE_LIMIT = 32_000;

/** What the agent is told before the prompt. The repository's own guide is quoted, not obeyed blindly: it cannot lift the rules above it. */
export async function systemPrompt(task: AgentTask, workspace: Workspace): Promise<string> {
  const commands = task.commandsAllowed
    ? "Check your work with the project's own commands (tests, types, lint) where it has them."
    : "You cannot run commands here: read carefully instead.";
  const guide = await repositoryGuide(workspace);
  return [
    "You are a software engineer working on a git repository with the given tools. Several engineers get the same task independently; a person compares how you worked and what you changed, and picks one.",
    `The repository is at ${workspace.root}. Paths are relative to it. There is no network.`,
    "Work in small steps. Look before you change: list, search and read what matters. Keep to the style of the code around you. Change what the task needs and nothing else. Write a sentence or two between steps about what you found and what you do next.",
    commands,
    "Keep a short plan with the plan tool when there is more than one step. When everything is done, call finish with a summary.",
    ...(guide === undefined ? [] : [`The repository's own guide (${guide.name}):\n<guide>\n${guide.text}\n</guide>`]),
    ...(task.instructions === undefined ? [] : [`Instructions for you alone:\n${task.instructions}`]),
  ].join("\n\n");
}

async function repositoryGuide(workspace: Workspace): Promise<{ name: string; text: string } | undefined> {
  for (const name of GUIDE_FILES) {
    try {
      const text = await readFile(await workspace.resolve(name), "utf8");
      if (text.trim() !== "") return { name, text: text.slice(0, GUIDE_LIMIT) };
    } catch {
      // Not there, or a link that leads elsewhere.
    }
  }
  return undefined;
}
