import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LandRequest, landSchema } from "@/lib/protocol/landing";
import type { RunState } from "@/lib/run/state";
import { explainGithub } from "./github/github-errors";
import { createGithubPullRequests } from "./github/github-pull-requests";
import { type GithubStandIn, startGithubStandIn } from "./github/github-stand-in";
import { createHarness, type LandingHarness } from "./landing-harness";

let harness: LandingHarness;
let github: GithubStandIn;
let count = 0;
let name: string;

beforeAll(async () => {
  // The harness makes its own folder; the stand-in keeps its repositories in another one below it.
  const first = createHarness();
  const root = join(first.dir, "github");
  mkdirSync(join(root, "acme"), { recursive: true });
  github = await startGithubStandIn(root);
  harness = createHarness({ gitHosts: [github.host], secrets: [github.token] });
  return () => first.dispose();
});
afterAll(async () => {
  await github.close();
  harness.dispose();
});
beforeEach(() => {
  count += 1;
  name = `shop${count}`;
  harness.git(harness.dir, ["clone", "-q", "--bare", harness.repository(name), github.folder("acme", name)]);
  github.pulls.length = 0;
  github.requests.length = 0;
  github.troubles.length = 0;
  github.mayPush = true;
  const options = { apiUrl: github.apiUrl, token: github.token, log: harness.context.log, secondMs: 5, limiter: name };
  harness.context.pullRequests = createGithubPullRequests(options);
});

const land = (run: RunState, request: LandRequest, service = harness.service) => service.land(run.runId, landSchema.parse(request), "you");
const change = (text: string) => (tree: string) => harness.write(tree, "src/retry.ts", text);
const start = (texts = ["a\n", "b\n"]) => harness.run(github.url("acme", name), texts.map(change));
const at = (owner: string, ref: string): string => harness.git(github.folder(owner, name), ["rev-parse", ref]);

/** Nothing that is kept, told or shown on this machine holds the token. */
async function expectNoToken(run: RunState): Promise<void> {
  expect(JSON.stringify(await harness.events(run.runId))).not.toContain(github.token);
  expect(github.requests.join("\n")).not.toContain(github.token);
  expect(github.leaks).toEqual([]);
}

describe("a pull request", () => {
  it("is opened from a branch of the repository, with prompt, summary and all variations", async () => {
    const run = await start();
    const landed = await land(run, { kind: "pull_request" });
    const [pull] = github.pulls;
    expect(landed).toMatchObject({ status: "finished", url: pull?.html_url, next: `gh pr checkout ${pull?.html_url}`, notes: [] });
    expect(pull).toMatchObject({
      title: "Make the retry policy exponential",
      draft: false,
      base: { ref: "main" },
      head: { sha: landed.commit },
    });
    expect(at("acme", landed.branch ?? "")).toBe(landed.commit);
    expect(pull?.body).toContain("```text\nMake the retry policy exponential\n```");
    expect(pull?.body).toContain("```text\nDone. Closes #1, thanks @octocat <img src=x>\n```");
    expect(pull?.body).toContain("```text\nBest tests\n```");
    expect(pull?.body).toContain("| A (this one) | `builtin demo` | completed | 1 | $0.0123 | +1 −30 | 1 |\n| B | ");
    await expectNoToken(run);
  });

  it("is brought up to date when it is landed again, not opened twice", async () => {
    const run = await start();
    const first = await land(run, { kind: "pull_request", branch: "topic", draft: true, title: "First" });
    const second = await land(run, {
      kind: "pull_request",
      branch: "topic",
      draft: true,
      variation_id: 1,
      update: true,
      title: "Second",
      body: "Mine.",
    });
    expect(github.pulls).toMatchObject([{ title: "Second", body: "Mine.", draft: true }]);
    expect(second.url).toBe(first.url);
    expect(at("acme", "topic")).toBe(second.commit);
    expect(second.notes).toEqual(["The pull request was open already and has the new commit."]);
    expect((await land(run, { kind: "pull_request", branch: "topic", variation_id: 1 })).notes).toEqual([
      "The pull request was open already.",
      "It is still a draft: mark it ready on its page.",
    ]);
  });

  it("comes from a fork where the user may not push, made and waited for once", async () => {
    github.mayPush = false;
    const run = await start();
    const landed = await land(run, { kind: "pull_request" });
    expect(github.pulls).toMatchObject([{ head: { label: `ada:${landed.branch}` } }]);
    expect(at("ada", landed.branch ?? "")).toBe(landed.commit);
    expect(() => at("acme", landed.branch ?? "")).toThrow();
    expect(landed.notes[0]).toContain(`ada/${name}`);
    expect(github.requests.filter((line) => line.includes("/branches/"))).toHaveLength(github.forkDelay + 1);
    await land(run, { kind: "pull_request" });
    expect(github.pulls).toHaveLength(1);
    await expectNoToken(run);
  });

  it("goes to the branch that is asked for, rebased on it", async () => {
    const run = await start();
    const folder = github.folder("acme", name);
    const tree = harness.git(folder, ["rev-parse", "main^{tree}"]);
    const tip = harness.git(folder, ["commit-tree", tree, "-p", "main", "-m", "release"]);
    harness.git(folder, ["update-ref", "refs/heads/release", tip]);
    await land(run, { kind: "pull_request", onto: "release", rebase: true, branch: "topic" });
    expect(github.pulls).toMatchObject([{ base: { ref: "release" } }]);
    expect(at("acme", "topic^")).toBe(tip);
    await expect(land(run, { kind: "pull_request", onto: "nowhere" })).rejects.toMatchObject({ fields: [{ field: "onto" }] });
  });
});

describe("a pull request of a run on a checkout", () => {
  const checkout = (): string => join(harness.code, name);
  const preview = async (run: RunState) => harness.service.preview(run.runId, landSchema.parse({ kind: "pull_request" }));
  const way = ({ ways }: Awaited<ReturnType<typeof preview>>) => ways.find(({ kind }) => kind === "pull_request");

  it("goes to the checkout's origin, and the checkout stays as it is", async () => {
    harness.git(checkout(), ["remote", "add", "origin", github.url("acme", name)]);
    const run = await harness.run(checkout(), [change("a\n")]);
    const seen = await preview(run);
    expect(way(seen)).toEqual({ kind: "pull_request", possible: true, reason: null });
    expect(seen).toMatchObject({ place: `acme/${name}, origin of ${checkout()}`, blockers: [] });
    const landed = await land(run, { kind: "pull_request" });
    expect(landed).toMatchObject({ status: "finished", url: github.pulls[0]?.html_url });
    expect(at("acme", `refs/heads/${landed.branch}^{tree}`)).toBe(run.variations[0]?.snapshot?.tree);
    expect(harness.git(checkout(), ["branch", "--list", landed.branch ?? ""])).toBe("");
    await expectNoToken(run);
  });

  it.each([undefined, "https://example.com/acme/shop.git"])("is not offered with origin %s", async (origin) => {
    if (origin !== undefined) harness.git(checkout(), ["remote", "add", "origin", origin]);
    const seen = await preview(await harness.run(checkout(), [change("a\n")]));
    expect(way(seen)).toEqual({ kind: "pull_request", possible: false, reason: "The checkout has no origin on GitHub." });
    expect(seen.blockers).toEqual([expect.objectContaining({ code: "not_github", remedy: "Push the branch instead." })]);
  });
});

describe("GitHub in trouble", () => {
  const pulls = /\/pulls$/;

  it("is asked again after errors of its own and short limits", async () => {
    const run = await start();
    github.troubles.push({ method: "GET", path: /shop\d+$/, status: 502 });
    github.troubles.push({
      method: "GET",
      path: pulls,
      status: 403,
      body: { message: "You have exceeded a secondary rate limit" },
      headers: { "retry-after": "1" },
    });
    github.troubles.push({
      method: "POST",
      path: pulls,
      status: 403,
      body: { message: "API rate limit exceeded" },
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.ceil(Date.now() / 1_000) + 1) },
    });
    expect((await land(run, { kind: "pull_request" })).status).toBe("finished");
    expect(github.troubles).toEqual([]);
    expect(github.pulls).toHaveLength(1);
  });

  it("is not waited for when the limit is long: it says until when", async () => {
    const run = await start();
    const reset = String(Math.ceil(Date.now() / 1_000) + 3_000);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    github.troubles.push({ method: "GET", path: /shop\d+$/, status: 403, body: { message: "API rate limit exceeded" }, headers });
    await expect(land(run, { kind: "pull_request" })).rejects.toMatchObject({
      code: "too_many_requests",
      message: expect.stringContaining("UTC"),
    });
    // What was refused is repeated with success once it may.
    expect((await land(run, { kind: "pull_request" })).status).toBe("finished");
  });

  it("finds the pull request whose answer was lost", async () => {
    const run = await start();
    const opened = await land(run, { kind: "pull_request" });
    // The list is behind, as if the first answer had never come.
    github.troubles.push({ method: "GET", path: pulls, status: 200, body: [] });
    expect((await land(run, { kind: "pull_request" })).url).toBe(opened.url);
    expect(github.requests.filter((line) => line.startsWith("POST"))).toHaveLength(2);
  });

  it("is explained, and the failure is in the log", async () => {
    const run = await start(["a\n"]);
    github.troubles.push({
      method: "POST",
      path: pulls,
      status: 422,
      body: { message: "Draft pull requests are not supported in this repository." },
    });
    await expect(land(run, { kind: "pull_request", draft: true })).rejects.toMatchObject({
      code: "unprocessable",
      message: expect.stringContaining("without draft"),
    });
    expect((await harness.state(run.runId)).landings).toMatchObject([{ status: "failed", failure: { code: "landing" } }]);
  });

  it.each([
    [
      422,
      { message: "Validation Failed", errors: [{ message: "No commits between main and topic" }] },
      "unprocessable",
      /nothing that the base lacks/,
    ],
    [
      422,
      { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "base", code: "invalid" }] },
      "unprocessable",
      /no branch of the name/,
    ],
    [
      422,
      { message: "Validation Failed", errors: [{ resource: "PullRequest", field: "head", code: "invalid" }] },
      "unprocessable",
      /pushed branch/,
    ],
    [403, { message: "Resource not accessible by personal access token" }, "forbidden", /personal access token/],
    [404, { message: "Not Found" }, "not_found", /this token/],
    [429, { message: "too many" }, "too_many_requests", /rate limit/],
    [503, {}, "repository_unreachable", /503/],
  ])("has a sentence for a %d (%j)", (status, data, code, words) => {
    const explained = explainGithub({ status, message: "", response: { headers: {}, data } }, "open the pull request");
    expect(explained).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(explained.remedy).toMatch(/\.$/);
  });

  it("refuses a token that is not good, one that may not push, and none at all", async () => {
    const run = await start();
    const options = { apiUrl: github.apiUrl, log: harness.context.log, secondMs: 5 };
    const bad = harness.restarted({ pullRequests: createGithubPullRequests({ ...options, token: "ghp_wrong_wrong_wrong" }) });
    await expect(land(run, { kind: "pull_request" }, bad)).rejects.toThrow(/GITHUB_TOKEN/);
    const none = harness.restarted({ pullRequests: createGithubPullRequests(options) });
    await expect(land(run, { kind: "pull_request" }, none)).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("GITHUB_TOKEN"),
    });
    const seen = await none.preview(run.runId, landSchema.parse({ kind: "pull_request" }));
    expect(seen.ways.find(({ kind }) => kind === "pull_request")).toMatchObject({
      possible: false,
      reason: expect.stringContaining("GITHUB_TOKEN"),
    });
    expect(seen.blockers).toMatchObject([{ code: "no_token" }]);
    // The API says that it may push, git's side says that it may not.
    const lying = harness.restarted({
      pullRequests: {
        ...harness.context.pullRequests,
        async sourceFor(repository) {
          const source = await harness.context.pullRequests.sourceFor(repository);
          github.mayPush = false;
          return source;
        },
      },
    });
    await expect(land(run, { kind: "pull_request" }, lying)).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("write access"),
    });
    await expectNoToken(run);
  });

  it("never sends the token to another host than its own", async () => {
    const run = await start();
    const { folder, url } = github;
    github.url = (owner, repository) => url(owner, repository).replace("127.0.0.1", "localhost");
    await expect(land(run, { kind: "pull_request" })).rejects.toThrow(/another host/);
    github.url = url;
    expect(folder("acme", name)).toContain(name);
  });

  it("is not asked about repositories of others", async () => {
    const elsewhere = createGithubPullRequests({ apiUrl: "https://api.github.com", token: "x", log: harness.context.log });
    expect(elsewhere.repositoryOf("https://github.com/acme/shop.git")).toEqual({ owner: "acme", name: "shop" });
    expect(elsewhere.repositoryOf("ssh://git@github.com/acme/shop.git")).toEqual({ owner: "acme", name: "shop" });
    for (const url of [
      "https://github.com.evil.example/acme/shop",
      "https://gitlab.com/acme/shop",
      "https://github.com/acme",
      "/home/ada/shop",
    ]) {
      expect(elsewhere.repositoryOf(url)).toBeUndefined();
    }
    const run = await harness.run(harness.repository(`local${count}`), [change("a\n")]);
    await expect(land(run, { kind: "pull_request" })).rejects.toThrow(/no origin on GitHub/);
  });
});

describe("a push over https", () => {
  it("uses the user's credential helper, never asks, and says what is missing", async () => {
    const run = await start();
    await expect(land(run, { kind: "push" })).rejects.toMatchObject({
      code: "forbidden",
      message: expect.stringContaining("credential helper"),
    });
    github.passwords.add("ada's-password");
    const helper = `!f() { echo username=ada; echo "password=ada's-password"; }; f`;
    harness.git(harness.dir, ["config", "--global", "credential.helper", helper]);
    const landed = await land(run, { kind: "push" });
    expect(at("acme", landed.branch ?? "")).toBe(landed.commit);
    harness.git(harness.dir, ["config", "--global", "--unset", "credential.helper"]);
    expect(JSON.stringify(await harness.events(run.runId))).not.toContain("ada's-password");
  });
});
