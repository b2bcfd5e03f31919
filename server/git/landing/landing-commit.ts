import type { Git } from "../git-command";
import { parseDiff } from "../tree-diff";
import type { CommitLine, Identity, TouchedPath } from "./landing-git";

/** Makes a commit of a tree. `commit-tree` runs no hook and signs nothing. */
export async function commitTree(
  git: Git,
  gitDir: string,
  { tree, parent, identity, message, at }: { tree: string; parent: string; identity: Identity; message: string; at: number },
): Promise<string> {
  const date = `${Math.floor(at / 1_000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
    GIT_COMMITTER_DATE: date,
  };
  return git.text(["commit-tree", tree, "-p", parent, "-F", "-"], { gitDir, env, stdin: message });
}

/** Newest first. */
export async function commitsBetween(
  git: Git,
  gitDir: string,
  from: string,
  to: string,
  limit: number,
): Promise<{ commits: CommitLine[]; total: number }> {
  const range = [to, `^${from}`];
  const [count, log] = await Promise.all([
    git.text(["rev-list", "--count", ...range], { gitDir }),
    git.text(["log", "-z", `--max-count=${limit}`, "--format=%H%x01%an%x01%s", ...range], { gitDir }),
  ]);
  const commits = log
    .split("\0")
    .filter((record) => record !== "")
    .map((record): CommitLine => {
      const [commit = "", author = "", subject = ""] = record.split("\u0001");
      return { commit, author, subject: subject.slice(0, 200) };
    });
  return { commits, total: Number(count) };
}

/** Without renames: each path by itself, as a working tree sees it. */
export async function touchedPaths(git: Git, gitDir: string, from: string, to: string): Promise<TouchedPath[]> {
  const args = ["diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-abbrev", "--raw", from, to];
  const { stdout } = await git.run(args, { gitDir });
  return parseDiff(stdout.toString("latin1")).map(({ path, pathBytes, oldBlob, newBlob, oldMode, newMode }) => ({
    path,
    pathBytes,
    before: oldBlob,
    after: newBlob,
    beforeMode: oldMode,
    afterMode: newMode,
  }));
}

/** Attributes that make git run no program of the user; anything else may be a macro that names a filter. */
const HARMLESS =
  /^([-!]?(text|binary|ident|diff|merge|crlf|eol|whitespace|delta|encoding|working-tree-encoding|conflict-marker-size|export-ignore|export-subst|linguist-[a-z]+)(=.*)?|[-!]filter)$/;

/**
 * What new lines of `.gitattributes` files name beyond the harmless attributes: `filter` names without their `filter=`, and words that may be
 * macros.
 */
export async function newFilters(git: Git, gitDir: string, from: string, to: string): Promise<string[]> {
  const files = (await touchedPaths(git, gitDir, from, to)).filter(({ path }) => /(^|\/)\.gitattributes$/.test(path));
  const linesOf = async (blob: string | undefined): Promise<string[]> => {
    if (blob === undefined) return [];
    const { stdout, code } = await git.run(["cat-file", "blob", blob], { gitDir, allowCodes: [128] });
    return code === 0 ? stdout.toString("utf8").split(/\r?\n/) : [];
  };
  const found = new Set<string>();
  for (const { before, after } of files) {
    const known = new Set(await linesOf(before));
    const added = (await linesOf(after)).filter((line) => !known.has(line) && !/^\s*(#|$)/.test(line));
    const words = added.flatMap((line) =>
      line
        .trim()
        .replace(/^("(\\.|[^"])*"|\S+)/, "")
        .split(/\s+/),
    );
    for (const word of words) if (word !== "" && !HARMLESS.test(word)) found.add(word.replace(/^filter=/, ""));
  }
  return [...found].sort();
}
