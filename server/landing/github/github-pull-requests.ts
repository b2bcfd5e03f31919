import { setTimeout as pause } from "node:timers/promises";
import { Octokit } from "@octokit/core";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { LandingError } from "../../git/landing/landing-error";
import type { ForgeRepository, PullRequestOrder, PullRequestSource, PullRequests, PullRequestsOptions } from "../pull-requests";
import { explainGithub, isRequestFailure, saidBy } from "./github-errors";

/** A limit that ends later than this is told instead of waited for. */
const LONGEST_WAIT_S = 60;
const LIMIT_TRIES = 3;
const REQUEST_TIMEOUT_MS = 30_000;
/** GitHub makes forks in the background; large ones take minutes. */
const FORK_TRIES = 60;

const GithubClient = Octokit.plugin(retry, throttling);

/**
 * Pull requests by GitHub's REST API (https://docs.github.com/en/rest/pulls). The token goes to `apiUrl` only. `secondMs` is how long a second
 * of waiting lasts; clients of one `limiter` share the pauses between writes that GitHub asks for.
 */
export function createGithubPullRequests(options: PullRequestsOptions & { secondMs?: number; limiter?: string }): PullRequests {
  const { apiUrl, token, log, secondMs = 1_000, limiter = "github" } = options;
  const host = hostOf(apiUrl);

  const waitFor =
    (kind: string) =>
    (retryAfter: number, _: unknown, __: unknown, tries: number): boolean => {
      log.warn({ retryAfter, tries }, `GitHub's ${kind} rate limit`);
      return retryAfter <= LONGEST_WAIT_S && tries < LIMIT_TRIES;
    };
  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: (text: string) => log.debug(text),
    error: (text: string) => log.debug(text),
  };
  const github = new GithubClient({
    auth: token,
    baseUrl: apiUrl,
    userAgent: "aideator",
    log: quiet,
    request: { fetch: (url: string, init: RequestInit) => fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }) },
    retry: { retryAfterBaseValue: secondMs },
    throttle: { id: limiter, retryAfterBaseValue: secondMs, onRateLimit: waitFor("hourly"), onSecondaryRateLimit: waitFor("secondary") },
  });

  /** The token is sent to this host by git too, and nowhere else. */
  function checked(cloneUrl: string): string {
    if (new URL(cloneUrl).host === host) return cloneUrl;
    throw new LandingError("conflict", `GitHub names another host for git than ${host}.`, "Check GITHUB_API_URL.", { detail: cloneUrl });
  }

  async function fork({ owner, name }: ForgeRepository): Promise<ForgeRepository & { cloneUrl: string }> {
    const doing = `fork ${owner}/${name}`;
    // A fork that is there already is answered as if it were new.
    const { data } = await github
      .request("POST /repos/{owner}/{repo}/forks", { owner, repo: name, default_branch_only: false })
      .catch(fail(doing));
    const made = { owner: data.owner.login, name: data.name };
    for (let tries = 0; tries < FORK_TRIES; tries += 1) {
      if (await isReady(made, data.default_branch)) return { ...made, cloneUrl: checked(data.clone_url) };
      await pause(secondMs * Math.min(5, 1 + tries / 4));
    }
    throw new LandingError(
      "unavailable",
      `GitHub has not finished the fork ${made.owner}/${made.name} yet.`,
      "Land again in a few minutes.",
    );
  }

  /** Its branches are there once its objects are. */
  async function isReady({ owner, name }: ForgeRepository, branch: string): Promise<boolean> {
    try {
      await github.request("GET /repos/{owner}/{repo}/branches/{branch}", { owner, repo: name, branch });
      return true;
    } catch (error) {
      if (isRequestFailure(error) && (error.status === 404 || error.status === 409)) return false;
      throw explainGithub(error, `show the fork ${owner}/${name}`);
    }
  }

  async function findOpen({
    repository,
    source,
    branch,
  }: PullRequestOrder): Promise<{ number: number; html_url: string; draft?: boolean; base: { ref: string } } | undefined> {
    const { owner, name } = repository;
    const query = { owner, repo: name, state: "open" as const, head: `${source.owner}:${branch}`, per_page: 10 };
    const { data } = await github.request("GET /repos/{owner}/{repo}/pulls", query).catch(fail("list pull requests"));
    return data.find(({ head }) => head.ref === branch);
  }

  async function create(order: PullRequestOrder): Promise<{ number: number; html_url: string } | undefined> {
    const { repository, source, branch, base, title, body, draft } = order;
    try {
      const { data } = await github.request("POST /repos/{owner}/{repo}/pulls", {
        owner: repository.owner,
        repo: repository.name,
        title,
        body,
        base,
        head: `${source.owner}:${branch}`,
        ...(source.fork ? { head_repo: source.name, maintainer_can_modify: true } : {}),
        draft,
      });
      return data;
    } catch (error) {
      // The answer to an earlier try was lost, or someone was faster.
      if (isRequestFailure(error) && error.status === 422 && /already exists/i.test(saidBy(error))) return undefined;
      throw explainGithub(error, "open the pull request");
    }
  }

  async function update(order: PullRequestOrder, open: { number: number; draft?: boolean; base: { ref: string } }): Promise<string[]> {
    const { repository, title, body, base, draft } = order;
    const change = { owner: repository.owner, repo: repository.name, pull_number: open.number, title, body, base };
    await github.request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", change).catch(fail("update the pull request"));
    if ((open.draft ?? false) === draft) return [];
    return [
      draft
        ? "It is ready for review already; GitHub’s REST API does not make it a draft again."
        : "It is still a draft: mark it ready on its page.",
    ];
  }

  return {
    repositoryOf: (url) => repositoryOf(url, host),
    unavailable: () =>
      token === undefined ? "Set GITHUB_TOKEN to a token that may write contents and pull requests, and restart the server." : undefined,
    async sourceFor(repository): Promise<PullRequestSource> {
      if (token === undefined)
        throw new LandingError("unavailable", "The server has no GitHub token.", "Set GITHUB_TOKEN and restart the server.");
      const { owner, name } = repository;
      const { data } = await github.request("GET /repos/{owner}/{repo}", { owner, repo: name }).catch(fail(`show ${owner}/${name}`));
      const defaultBranch = data.default_branch;
      if (data.archived === true)
        throw new LandingError("forbidden", `${owner}/${name} is archived.`, "Land as a branch, or take the patch.");
      if (data.permissions?.push === true)
        return { owner: data.owner.login, name: data.name, cloneUrl: checked(data.clone_url), fork: false, defaultBranch, token };
      return { ...(await fork(repository)), fork: true, defaultBranch, token };
    },
    async open(order) {
      const known = await findOpen(order);
      const created = known === undefined ? await create(order) : undefined;
      if (created !== undefined) return { url: created.html_url, number: created.number, created: true, notes: [] };
      const open = known ?? (await findOpen(order));
      if (open === undefined)
        throw new LandingError("conflict", "GitHub says that the pull request exists, and does not show it.", "Land again in a moment.");
      return { url: open.html_url, number: open.number, created: false, notes: await update(order, open) };
    },
  };
}

function fail(doing: string): (error: unknown) => never {
  return (error) => {
    throw explainGithub(error, doing);
  };
}

/** `api.github.com` answers for `github.com`; an Enterprise server for itself. */
function hostOf(apiUrl: string): string {
  const { host } = new URL(apiUrl);
  return host === "api.github.com" ? "github.com" : host;
}

function repositoryOf(url: string, host: string): ForgeRepository | undefined {
  if (!URL.canParse(url)) return undefined;
  const address = new URL(url);
  const named = address.protocol === "ssh:" ? address.hostname === host.replace(/:\d+$/, "") : address.host === host;
  const [owner, name, ...rest] = address.pathname.split("/").filter((part) => part !== "");
  if (!named || owner === undefined || name === undefined || rest.length > 0) return undefined;
  return { owner, name: name.replace(/\.git$/, "") };
}
