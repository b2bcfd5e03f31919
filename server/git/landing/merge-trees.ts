import type { Git } from "../git-command";
import { LandingError } from "./landing-error";
import type { Conflict, ConflictHunk, Merged } from "./landing-git";

const MAX_FILES = 50;
const MAX_HUNKS = 10;
const MAX_LINES = 30;
const MAX_COLUMNS = 300;
/** Throw-away commits that only give the merge its base. */
const NOBODY = {
  GIT_AUTHOR_NAME: "AIdeator",
  GIT_AUTHOR_EMAIL: "merge@aideator.invalid",
  GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
  GIT_COMMITTER_NAME: "AIdeator",
  GIT_COMMITTER_EMAIL: "merge@aideator.invalid",
  GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
};

/**
 * Three-way merge of trees in a bare repository, as git's `ort` does it (git-merge-tree(1)). Both sides become children of the base, so that
 * the base is the merge base whatever the histories are, also before git 2.40, which lacks `--merge-base`. No driver that attributes name
 * can run: this repository's configuration has none.
 */
export async function mergeTrees(git: Git, gitDir: string, base: string, snapshot: string, onto: string): Promise<Merged> {
  if (onto === base) return { tree: await git.text(["rev-parse", "--verify", `${snapshot}^{tree}`], { gitDir }), conflicts: [] };
  await requireMergeTree(git);
  const child = (commit: string): Promise<string> =>
    git.text(["commit-tree", `${commit}^{tree}`, "-p", base, "-m", "side of a merge"], { gitDir, env: NOBODY });
  const [ours, theirs] = await Promise.all([child(onto), child(snapshot)]);
  const { stdout } = await git.run(["merge-tree", "--write-tree", "-z", "--messages", ours, theirs], { gitDir, allowCodes: [1] });
  const { tree, paths, messages } = parseMergeTree(stdout.toString("utf8"));
  const conflicts: Conflict[] = [];
  for (const path of paths.slice(0, MAX_FILES)) {
    const message = messages.filter((one) => one.paths.includes(path)).map(({ text }) => text);
    conflicts.push({ path, message: message.join(" "), hunks: await hunksOf(git, gitDir, tree, path) });
  }
  return { tree, conflicts };
}

async function requireMergeTree(git: Git): Promise<void> {
  const version = /(\d+)\.(\d+)/.exec(await git.text(["version"]));
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (major > 2 || (major === 2 && minor >= 38)) return;
  throw new LandingError(
    "unavailable",
    `The base has moved, and bringing work onto another commit needs git 2.38; this server has git ${version?.[0] ?? "?"}.`,
    "Update git, or land the branch on the old base and merge it yourself.",
  );
}

interface Message {
  paths: string[];
  text: string;
}

/**
 * `merge-tree -z`: tree NUL, then `mode id stage TAB path` NUL for each stage of a conflicted file, an empty field, then messages:
 * count NUL, that many paths, type NUL, text NUL. Without conflicts only the tree.
 */
export function parseMergeTree(output: string): { tree: string; paths: string[]; messages: Message[] } {
  const fields = output.split("\0");
  const tree = fields[0] ?? "";
  const paths = new Set<string>();
  let at = 1;
  for (; fields[at] !== undefined && fields[at] !== ""; at += 1) paths.add((fields[at] ?? "").replace(/^[^\t]*\t/, ""));
  const messages: Message[] = [];
  for (at += 1; /^\d+$/.test(fields[at] ?? ""); ) {
    const count = Number(fields[at]);
    const [type = "", text = ""] = [fields[at + 1 + count], fields[at + 2 + count]];
    const named = fields.slice(at + 1, at + 1 + count);
    if (type.startsWith("CONFLICT")) messages.push({ paths: named, text: text.trim().replace(/^CONFLICT \([^)]*\): /, "") });
    at += 3 + count;
  }
  return { tree, paths: [...paths], messages };
}

async function hunksOf(git: Git, gitDir: string, tree: string, path: string): Promise<ConflictHunk[]> {
  const { stdout, code } = await git.run(["cat-file", "blob", `${tree}:${path}`], { gitDir, allowCodes: [128] });
  return code === 0 && !stdout.includes(0) ? parseHunks(stdout.toString("utf8")) : [];
}

/** Reads conflict markers of seven characters. */
export function parseHunks(text: string): ConflictHunk[] {
  const hunks: ConflictHunk[] = [];
  let hunk: ConflictHunk | undefined;
  let side: "ours" | "theirs" = "ours";
  for (const [index, line] of text.split("\n").entries()) {
    if (line.startsWith("<<<<<<< ") && hunk === undefined) {
      hunk = { line: index + 1, ours: [], theirs: [] };
      side = "ours";
    } else if (hunk !== undefined && line === "=======") side = "theirs";
    else if (hunk !== undefined && line.startsWith(">>>>>>> ")) {
      hunks.push(hunk);
      hunk = undefined;
      if (hunks.length === MAX_HUNKS) break;
    } else if (hunk !== undefined && hunk[side].length < MAX_LINES) hunk[side].push(line.slice(0, MAX_COLUMNS));
  }
  return hunks;
}
