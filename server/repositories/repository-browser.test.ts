import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { createRepositoryBrowser, type RepositoryBrowser } from "./repository-browser";

let dir: string;
let shop: string;
let browser: RepositoryBrowser;
let clock = 0;

function git(...args: string[]): string {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
  return execFileSync("git", [...identity, ...args], { cwd: shop, encoding: "utf8" }).trim();
}

function commit(path: string): string {
  mkdirSync(dirname(join(shop, path)), { recursive: true });
  writeFileSync(join(shop, path), "x\n");
  git("add", "-A");
  git("commit", "-qm", path);
  return git("rev-parse", "HEAD");
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "aideator-browse-"));
  shop = join(dir, "code", "shop");
  mkdirSync(shop, { recursive: true });
  git("init", "-q", "-b", "trunk");
  commit("src/http/retry.ts");
  git("tag", "-a", "v1", "-m", "one");
  git("switch", "-qc", "feature/login");
  commit("src/login.ts");
  git("switch", "-q", "trunk");
  for (const name of ["alpha", "Beta"]) git("branch", name);
  const store = createGitStore({ dataDir: join(dir, "data"), gitHosts: [] });
  browser = createRepositoryBrowser({
    git: store,
    parseAddress: (input) => parseRepositoryAddress(input, { localRoots: [join(dir, "code")], gitHosts: [] }),
    localRepositories: async () => [],
    now: () => clock,
  });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const branches = (query: string, base?: string) => browser.branches({ github_url: shop, query, base, limit: 50 });
const paths = (query: string, base?: string) => browser.paths({ github_url: shop, query, base, limit: 20 });

it("lists branches, the default one first, and finds them by a part of the name", async () => {
  const tip = git("rev-parse", "trunk");
  const all = await branches("");
  expect(all.default_branch).toEqual({ name: "trunk", commit: tip });
  expect(all.branches.map(({ name }) => name)).toEqual(["trunk", "Beta", "alpha", "feature/login"]);
  expect(await branches("BET")).toMatchObject({ total: 1, branches: [{ name: "Beta" }] });
  expect(await browser.branches({ github_url: shop, query: "", limit: 1 })).toMatchObject({ total: 4, branches: [{ name: "trunk" }] });
});

it("says which commit a branch or a tag is", async () => {
  expect((await branches("", "v1")).base).toEqual({ name: "v1", commit: git("rev-parse", "v1^{commit}") });
  expect((await branches("", "nowhere")).base).toBeNull();
});

it("completes paths of the chosen base, folders included", async () => {
  expect(await paths("ret")).toMatchObject({ state: "ready", commit: git("rev-parse", "trunk"), paths: ["src/http/retry.ts"] });
  expect((await paths("login")).paths).toEqual([]);
  expect((await paths("login", "feature/login")).paths).toEqual(["src/login.ts"]);
  expect((await paths("src", "v1")).paths[0]).toBe("src/");
  expect((await paths("", git("rev-parse", "--short", "feature/login"))).paths).toEqual(["src/"]);
});

it("knows what was committed since it looked last", async () => {
  await paths("new");
  commit("src/new.ts");
  clock += 60_000;
  expect((await paths("new")).paths).toEqual(["src/new.ts"]);
});

it("follows when upstream gets another default branch", async () => {
  git("switch", "-q", "alpha");
  clock += 60_000;
  expect((await branches("")).default_branch?.name).toBe("alpha");
  git("switch", "-q", "trunk");
});

it("names the field that is wrong", async () => {
  await expect(paths("", "nowhere")).rejects.toMatchObject({ code: "bad_request", fields: [{ field: "base" }] });
  await expect(browser.branches({ github_url: "file:///etc", query: "", limit: 1 })).rejects.toMatchObject({
    fields: [{ field: "github_url" }],
  });
  await expect(browser.branches({ github_url: "https://127.0.0.1/a/b", query: "", limit: 1 })).rejects.toMatchObject({
    fields: [{ field: "github_url" }],
  });
});
