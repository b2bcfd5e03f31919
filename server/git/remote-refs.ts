import { type Git, GitError } from "./git-command";
import type { RemoteRef, RemoteRefs, RepositoryAddress } from "./git-store";
import { type Access, saidBy, unreachable } from "./remote-access";

/** Somebody waits in front of a page for it. */
const TIMEOUT_MS = 20_000;
/** Some 300,000 names. */
const MAX_BYTES = 32 * 1024 * 1024;
const HEADS = "refs/heads/";
const TAGS = "refs/tags/";

/** What a repository has now, asked over the same way as a fetch; nothing is fetched. */
export async function readRemoteRefs(git: Git, { url, name }: RepositoryAddress, access: Access): Promise<RemoteRefs> {
  const args = ["ls-remote", "--symref", "--end-of-options", url, "HEAD", `${HEADS}*`, `${TAGS}*`];
  try {
    return parseRemoteRefs(await git.text(args, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES, ...access }));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const said = error.code === null ? ` (no answer within ${TIMEOUT_MS / 1000} s)` : saidBy(error);
    throw unreachable(`${name} could not be reached${said}.`, "Check the address, and that this server may read it.");
  }
}

/** git's documentation of ls-remote: `commit TAB name` per line, `ref: target TAB HEAD` before it, `name^{}` for what a tag names. */
export function parseRemoteRefs(text: string): RemoteRefs {
  const branches: RemoteRef[] = [];
  const tags = new Map<string, string>();
  const symbolic = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(text)?.[1];
  for (const line of text.split("\n")) {
    const [, commit = "", ref = ""] = /^([0-9a-f]{40})\t(\S+)$/.exec(line) ?? [];
    if (ref.startsWith(HEADS)) branches.push({ name: ref.slice(HEADS.length), commit });
    if (ref.startsWith(TAGS)) tags.set(ref.slice(TAGS.length).replace(/\^\{\}$/, ""), commit);
  }
  // A HEAD that is detached, or on a branch without a commit, names none: then the first one, as a fetch would find it.
  const head = branches.find(({ name }) => name === symbolic) ?? branches[0];
  return { head, branches, tags: [...tags].map(([name, commit]) => ({ name, commit })) };
}
