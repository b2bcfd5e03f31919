import type { LandingOutcome } from "@/lib/run/landing-events";
import type { CheckoutWrite } from "../git/landing/landing-git";
import type { LandingContext } from "./landing-context";
import { pullRequestBody, subjectOf } from "./landing-message";
import type { LandingPlan } from "./planned-target";

/** The commit that a plan without blockers makes. The same plan gives the same commit, so a landing that is repeated finds what it made. */
export async function makeCommit({ git }: LandingContext, plan: LandingPlan): Promise<string> {
  const { run, tree, parent, identity, message, at } = plan;
  if (identity === undefined) throw new Error("a plan without an author was carried out");
  return git.commit(run.runId, { tree, parent, identity, message, at });
}

/** What a checkout landing writes, for the journal; undefined for other kinds. */
export function checkoutWrite(plan: LandingPlan, commit: string): CheckoutWrite | undefined {
  const { order, checkout, touched, branch } = plan;
  if (order.kind !== "checkout" || checkout === undefined || (order.mode === "branch" && !order.switch)) return undefined;
  const newRef = order.mode === "branch" ? `refs/heads/${branch}` : undefined;
  return { path: checkout.path, mode: order.mode, head: checkout.head, commit, newRef, touched };
}

/** What will be said of a checkout landing; known before it begins. */
export function checkoutOutcome(plan: LandingPlan, commit: string): LandingOutcome | undefined {
  const { order, checkout, parent, place, branch } = plan;
  if (order.kind !== "checkout" || checkout === undefined) return undefined;
  const at = `git -C ${shellWord(checkout.path)}`;
  const told = { commit, parent, place };
  switch (order.mode) {
    case "commit":
      return {
        ...told,
        branch: checkout.branch,
        next: `${at} show --stat`,
        notes: [`To take it back: ${at} reset --keep ${checkout.head.slice(0, 12)}`],
      };
    case "worktree":
      return {
        ...told,
        next: `${at} commit`,
        notes: ["The changes are staged. Your hooks and your signature come in when you commit.", `To look at them: ${at} diff --staged`],
      };
    case "branch":
      return order.switch
        ? {
            ...told,
            branch,
            next: `${at} show --stat`,
            notes: [`To go back: ${at} switch ${checkout.branch === undefined ? "--detach " : ""}-`],
          }
        : { ...told, branch, next: `${at} switch ${shellWord(branch ?? "")}`, notes: [] };
  }
}

/** Does what the plan says. */
export async function carryOut(context: LandingContext, plan: LandingPlan, commit: string): Promise<LandingOutcome> {
  switch (plan.order.kind) {
    case "branch":
      return keepBranch(context, plan, commit);
    case "checkout":
      return changeCheckout(context, plan, commit);
    case "push":
      return push(context, plan, commit);
    case "pull_request":
      return openPullRequest(context, plan, commit);
  }
}

async function keepBranch({ git, remoteOf }: LandingContext, plan: LandingPlan, commit: string): Promise<LandingOutcome> {
  const { run, parent, place, replaces, branch = "" } = plan;
  await git.setBranch(run.runId, branch, commit, replaces);
  const next = `git fetch ${shellWord(remoteOf(run.runId))} ${shellWord(`${branch}:${branch}`)}`;
  return { commit, parent, branch, place, next, notes: ["The command fetches the branch into your own clone."] };
}

async function changeCheckout({ git }: LandingContext, plan: LandingPlan, commit: string): Promise<LandingOutcome> {
  const outcome = checkoutOutcome(plan, commit);
  const write = checkoutWrite(plan, commit);
  if (outcome === undefined) throw new Error("not a landing in a checkout");
  if (write !== undefined) await git.writeCheckout(plan.run.runId, write);
  else await git.addBranch(plan.run.runId, plan.place, plan.branch ?? "", commit);
  return outcome;
}

async function push({ git }: LandingContext, plan: LandingPlan, commit: string): Promise<LandingOutcome> {
  const { run, order, parent, place, address, pushTo, branch = "" } = plan;
  if (order.kind !== "push" || address === undefined || pushTo === undefined) throw new Error("not a push");
  const lastPushed = pushedBefore(plan, pushTo.url);
  const { sent } = await git.push({ address: pushTo }, { runId: run.runId, commit, branch, lastPushed, update: order.update });
  const notes = sent ? [] : ["The branch was there already, exactly so."];
  // Only in a checkout the place says more than the repository's name.
  const at = address.kind === "path" && place !== run.repositoryName ? `git -C ${shellWord(address.url)}` : "git";
  const itself = at !== "git" && pushTo === address;
  if (itself) notes.push(`The branch is in ${address.url} itself, which has no remote origin.`);
  const fetch = itself ? "" : `${at} fetch origin ${shellWord(branch)} && `;
  return { commit, parent, branch, place, remote: pushTo.url, next: `${fetch}${at} switch ${shellWord(branch)}`, notes };
}

async function openPullRequest(
  { git, pullRequests, parseAddress }: LandingContext,
  plan: LandingPlan,
  commit: string,
): Promise<LandingOutcome> {
  const { run, order, parent, place, forge, branch = "" } = plan;
  if (order.kind !== "pull_request" || forge === undefined) throw new Error("not a pull request");
  const source = await pullRequests.sourceFor(forge);
  const address = await parseAddress(source.cloneUrl);
  const lastPushed = pushedBefore(plan, address.url);
  const { sent } = await git.push({ address, token: source.token }, { runId: run.runId, commit, branch, lastPushed, update: order.update });
  const base = order.onto ?? run.base?.branch ?? source.defaultBranch;
  const title = order.title ?? plan.message.split("\n")[0] ?? subjectOf(run.prompt);
  const body = order.body ?? pullRequestBody(plan);
  const opened = await pullRequests.open({ repository: forge, source, branch, base, title, body, draft: order.draft });
  const notes = [
    ...(source.fork
      ? [`You may not push to ${forge.owner}/${forge.name}: the branch is in your fork ${source.owner}/${source.name}.`]
      : []),
    ...(opened.created ? [] : [sent ? "The pull request was open already and has the new commit." : "The pull request was open already."]),
    ...opened.notes,
  ];
  return { commit, parent, branch, place, url: opened.url, remote: address.url, next: `gh pr checkout ${opened.url}`, notes };
}

/** What the newest landing of this run left on the branch there. */
function pushedBefore({ run, branch }: LandingPlan, remote: string): string | undefined {
  const own = run.landings.flatMap((landing) => (landing.status === "finished" ? [landing.outcome] : []));
  return own.findLast((outcome) => outcome.remote === remote && outcome.branch === branch)?.commit;
}

/** A word for the shell of whoever types the command. */
function shellWord(text: string): string {
  return /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
