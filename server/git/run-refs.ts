import type { RunRefs } from "@/lib/run/trees";
import type { Git, GitStream } from "./git-command";

/** What a client may see: nothing below this name is advertised. */
const HIDDEN = "refs/aideator";
const SERVE_TIMEOUT_MS = 10 * 60_000;

/**
 * Makes the visible refs of a run's repository what the log says: refs are a projection of it, brought up to date when somebody asks. Branches
 * under other names, made by landing, stay as they are; those of compositions that were deleted go.
 */
export async function setRunRefs(git: Git, gitDir: string, { refs, head }: RunRefs): Promise<void> {
  const patterns = ["refs/heads", "refs/tags"];
  const [listed, current] = await Promise.all([
    git.text(["for-each-ref", "--format=%(objectname) %(refname)", ...patterns], { gitDir }),
    git.text(["symbolic-ref", "HEAD"], { gitDir }),
  ]);
  const known = new Map(listed.split("\n").map((line) => [line.slice(41), line.slice(0, 40)]));
  const changed = [...refs].filter(([name, commit]) => known.get(name) !== commit);
  const gone = [...known.keys()].filter((name) => /^refs\/heads\/composition-\d+$/.test(name) && !refs.has(name));
  const updates = [...changed.map(([name, commit]) => `update ${name} ${commit}\n`), ...gone.map((name) => `delete ${name}\n`)];
  if (updates.length > 0) await git.run(["update-ref", "--stdin"], { gitDir, stdin: updates.join("") });
  if (current !== head) await git.run(["symbolic-ref", "HEAD", head], { gitDir });
}

/** Gives commits that heads have left hidden refs, so that who was just told of them can still fetch them. */
export async function keepCommits(git: Git, gitDir: string, commits: readonly string[]): Promise<void> {
  const updates = commits.map((commit) => `update ${HIDDEN}/wanted/${commit} ${commit}\n`);
  await git.run(["update-ref", "--stdin"], { gitDir, stdin: updates.join("") });
}

/** Commits of all visible refs. */
export async function visibleTips(git: Git, gitDir: string): Promise<Set<string>> {
  const listed = await git.text(["for-each-ref", "--format=%(objectname)", "refs/heads", "refs/tags"], { gitDir });
  return new Set(listed.split("\n").filter((line) => line !== ""));
}

/** Wire protocol of git: 0 is what clients speak that do not ask for another. */
export type GitProtocol = 0 | 1 | 2;

/**
 * One `git upload-pack`: the advertisement, or the answer to one request on its stdin. Who calls it has checked what is wanted: in protocol 2
 * upload-pack hands out any object that it can find, and through its alternates it finds the whole mirror.
 */
export function uploadPack(git: Git, gitDir: string, options: { advertise: boolean; protocol: GitProtocol }): GitStream {
  const config = [
    `transfer.hideRefs=${HIDDEN}`,
    "uploadpack.allowAnySHA1InWant=false",
    "uploadpack.allowReachableSHA1InWant=false",
    // Hidden refs are the run's own: a head may have moved since it was advertised.
    "uploadpack.allowTipSHA1InWant=true",
    "uploadpack.allowFilter=false",
    "uploadpack.allowRefInWant=false",
    "transfer.advertiseObjectInfo=false",
    "transfer.advertiseSID=false",
    // Several of these may run at once beside the agents.
    "pack.threads=1",
    "pack.windowMemory=64m",
    "pack.deltaCacheSize=32m",
  ];
  const mode = options.advertise ? ["--advertise-refs"] : [];
  return git.stream(["upload-pack", "--strict", "--stateless-rpc", ...mode, gitDir], {
    config,
    env: options.protocol === 0 ? {} : { GIT_PROTOCOL: `version=${options.protocol}` },
    trusted: gitDir,
    timeoutMs: SERVE_TIMEOUT_MS,
  });
}
