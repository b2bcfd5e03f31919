import { type Git, GitError, type GitOptions } from "../git-command";
import { type Access, accessOf } from "../remote-access";
import { LandingError } from "./landing-error";
import type { PushOrder, PushTarget } from "./landing-git";
import { ownerOf } from "./user-git";

const PUSH_TIMEOUT_MS = 10 * 60_000;
/** Characters of what a remote says that go into a message. */
const MAX_WORDS = 300;
/** Where a token waits for git to ask: in the environment of this one process. */
const TOKEN_VARIABLE = "AIDEATOR_PUSH_TOKEN";
const TOKEN_HELPER = `!f() { test "$1" = get && printf 'username=x-access-token\\npassword=%s\\n' "$${TOKEN_VARIABLE}"; }; f`;

export interface PushOptions {
  gitHosts: string[];
  sshAgent?: string;
  /** Home folder of the server's user. */
  home: string;
}

/**
 * Pushes one commit to one branch. A branch that is there is only moved forward, or, when the user asks for an update, replaced if it is
 * still exactly what an earlier landing left there (`--force-with-lease`). Never prompts; runs no hook of this side.
 */
export async function pushBranch(
  { own, users }: { own: Git; users: Git },
  gitDir: string,
  { address, token }: PushTarget,
  { commit, branch, lastPushed, update }: PushOrder,
  options: PushOptions,
): Promise<{ sent: boolean }> {
  const reached = await accessOf(address, options);
  const access = token === undefined ? reached : withToken(reached, address.url, token);
  // Helpers of the user are asked where they are wanted, and nowhere else.
  const git = token === undefined && address.kind !== "path" ? users : own;
  const receivePack = address.kind === "path" ? [`--receive-pack=${await receivePackAs(address.url, options.home)}`] : [];
  const call: GitOptions = { gitDir, timeoutMs: PUSH_TIMEOUT_MS, ...access };
  const ref = `refs/heads/${branch}`;
  try {
    const listed = await git.text(["ls-remote", "--end-of-options", address.url, ref], call);
    const there = listed
      .split("\n")
      .find((line) => line.endsWith(`\t${ref}`))
      ?.split("\t")[0];
    if (there === commit) return { sent: false };
    const lease = there === undefined ? [] : await leaseFor(git, gitDir, { there, commit, branch, lastPushed, update });
    const args = [
      "push",
      "--porcelain",
      "--no-verify",
      "--no-follow-tags",
      ...receivePack,
      ...lease,
      "--",
      address.url,
      `${commit}:${ref}`,
    ];
    const { code, stdout, stderr } = await git.run(args, { ...call, allowCodes: [1] });
    // With --porcelain why a ref was refused is on stdout, and what the remote's hooks said on stderr.
    if (code !== 0) throw explain(`${stdout.toString("utf8")}\n${stderr}`, address.name, branch);
    return { sent: true };
  } catch (error) {
    throw error instanceof GitError ? explain(error.stderr, address.name, branch) : error;
  }
}

/** Nothing for a plain step forward. Throws when moving the branch would lose someone's commits. */
async function leaseFor(
  git: Git,
  gitDir: string,
  { there, commit, branch, lastPushed, update }: { there: string; commit: string; branch: string; lastPushed?: string; update: boolean },
): Promise<string[]> {
  const { code } = await git.run(["merge-base", "--is-ancestor", there, commit], { gitDir, allowCodes: [1, 128] });
  if (code === 0) return [];
  const field = "branch";
  if (there !== lastPushed) {
    const message = `Branch ${branch} is on the remote already, with commits that are not part of this one (${there.slice(0, 7)}).`;
    throw new LandingError("conflict", message, "Give another branch name, or bring those commits in first: rebase onto that branch.", {
      field,
    });
  }
  if (!update) {
    const message = `Branch ${branch} is on the remote already, from an earlier landing of this run.`;
    throw new LandingError("conflict", message, "Ask for an update to replace it, or give another branch name.", { field });
  }
  return [`--force-with-lease=refs/heads/${branch}:${there}`];
}

/** The helper answers for this very host only, whatever a redirect says; helpers of the user are not asked. */
function withToken(access: Access, url: string, token: string): Access {
  const config = ["credential.helper=", `credential.${new URL(url).origin}.helper=${TOKEN_HELPER}`];
  return { ...access, config: [...(access.config ?? []), ...config], env: { ...access.env, [TOKEN_VARIABLE]: token } };
}

/** The other side of a push to a folder runs as its owner, with their configuration and their hooks: it is their repository. */
async function receivePackAs(path: string, serverHome: string): Promise<string> {
  const { home, user } = await ownerOf(path, serverHome);
  const environment = `env -i PATH=/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin HOME=${shellQuoted(home)}`;
  const become = user === undefined ? "" : ` setpriv --reuid ${user.uid} --regid ${user.gid} --clear-groups --`;
  return `${environment}${become} git-receive-pack`;
}

/** git gives the command to a shell. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What git or the remote said → what to do. Order matters: a 403 is also "unable to access". */
const ANSWERS: { pattern: RegExp; code: LandingError["code"]; message: (place: string, branch: string) => string; remedy: string }[] = [
  {
    pattern:
      /protected branch|GH006|GH013|cannot lock ref|pre-receive hook declined|update hook declined|hook declined|not allowed to push|denyCurrentBranch|branch is currently checked out/i,
    code: "forbidden",
    message: (place, branch) => `${place} does not take pushes to ${branch}: the branch is protected or a rule there refused it.`,
    remedy: "Push to another branch, or open a pull request.",
  },
  {
    pattern: /stale info|non-fast-forward|fetch first|\[rejected\]/i,
    code: "conflict",
    message: (place, branch) => `Someone has moved ${branch} on ${place} meanwhile.`,
    remedy: "Look at the preview again, then land anew or give another branch name.",
  },
  {
    pattern: /Permission to .* denied|error: 403|requested URL returned error: 403|access denied|read-only|insufficient permission/i,
    code: "forbidden",
    message: (place) => `The credentials that were used may not push to ${place}.`,
    remedy: "Use an account with write access, or open a pull request from a fork.",
  },
  {
    pattern:
      /Authentication failed|could not read (Username|Password)|Permission denied \(|error: 401|terminal prompts disabled|Invalid username/i,
    code: "forbidden",
    message: (place) => `${place} asks for credentials, and none were there that it accepts.`,
    remedy:
      "Over ssh: start the server with an ssh-agent (SSH_AUTH_SOCK) that has the key. Over https: set a credential helper (git config --global credential.helper) for the server's user.",
  },
  {
    pattern: /Host key verification failed/i,
    code: "repository_unreachable",
    message: (place) => `The ssh key of the host of ${place} is not the one that is known.`,
    remedy: "Check the host's key and correct ~/.ssh/known_hosts of the server's user.",
  },
];

function explain(output: string, place: string, branch: string): LandingError {
  const detail = output.trim().slice(-2_000);
  const answer = ANSWERS.find(({ pattern }) => pattern.test(output));
  const words = remoteWords(output);
  if (answer !== undefined) {
    const said = words === "" ? "" : ` The remote says: ${words}`;
    return new LandingError(answer.code, `${answer.message(place, branch)}${said}`, answer.remedy, { field: "kind", detail });
  }
  const said = words === "" ? (detail.split("\n").at(-1)?.slice(0, MAX_WORDS) ?? "") : words;
  const message = `${place} could not be pushed to${said === "" ? "" : ` (${said})`}.`;
  return new LandingError("repository_unreachable", message, "Check that this server reaches it, then land again: nothing is lost.", {
    detail,
  });
}

/** git puts `remote: ` before each line that the other side wrote. */
function remoteWords(output: string): string {
  const lines = output.split("\n").flatMap((line) => /^remote: (.*)$/.exec(line)?.[1]?.trim() ?? []);
  return lines
    .filter((line) => line !== "")
    .join(" ")
    .slice(0, MAX_WORDS);
}
