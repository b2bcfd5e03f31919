import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { apiClient, ended } from "./api-client";
import { startServer, type TestServer } from "./server";

/** Another repository to try it on; its folder is only read. By default one is made of packages that are installed anyway. */
const given = process.env.AIDEATOR_E2E_REPOSITORY;
const modules = fileURLToPath(new URL("../node_modules", import.meta.url));

let folder: string;
let repository: string;
let server: TestServer;

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "safe.directory=*", "-c", "core.quotePath=false", ...args], { cwd, encoding: "utf8", maxBuffer: 1 << 28 });

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "aid-large-"));
  repository = given ?? makeRepository(join(folder, "large repository"));
  server = await startServer({ AIDEATOR_LOCAL_REPOS: repository });
});

test.afterAll(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Files that nobody here wrote, under names that are awkward enough. */
function makeRepository(path: string): string {
  mkdirSync(path);
  for (const name of ["zod", "lucide-react", "react-dom"]) cpSync(join(modules, name), join(path, "packages", name), { recursive: true });
  const awkward = join(path, "ordner mit leerzeichen", "日本語 ✓");
  cpSync(join(modules, "react"), awkward, { recursive: true });
  writeFileSync(join(path, "README.md"), "# A large repository\n\nFiles of several packages.\n");
  writeFileSync(join(awkward, '-dash "quote" \'n $(touch pwned) ü.txt'), "odd name\n");
  writeFileSync(join(awkward, "crlf.txt"), "one\r\ntwo\r\n");
  git(path, "init", "-q", "-b", "main");
  git(path, "add", "-A");
  git(path, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "packages");
  return path;
}

test("five agents work on a repository of more than a thousand files, awkward names included", async () => {
  const api = apiClient(server.url);
  const listed = git(repository, "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0").filter(Boolean);
  expect(listed.length).toBeGreaterThan(1_000);
  expect(listed.some((path) => path.includes(" "))).toBe(true);
  expect(listed.some((path) => /[^\u0000-\u007f]/.test(path))).toBe(true);

  const models = ["demo", "demo", "script:edits", "script:edits", "demo"];
  const { run_id } = await api.startRun({
    github_url: repository,
    prompt: "Describe how the packages are laid out",
    line_up: models.map((model) => ({ model })),
  });
  const run = await api.until(run_id, ended);
  expect(run.jobs.map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => "completed"));

  const base = await api.call<{ commit: string; files: { path: string }[] }>("GET", `/runs/${run_id}/files?at=base`);
  expect(base.body.commit).toBe(git(repository, "rev-parse", "HEAD").trim());
  expect(base.body.files.map(({ path }) => path).sort()).toEqual(listed.sort());

  for (const letter of ["a", "b", "c", "d", "e"]) {
    const { files } = await api.diff(run_id, letter);
    // A handful of real changes, not a thousand from line endings, modes or names that did not survive.
    expect(files.length).toBeGreaterThan(0);
    expect(files.length).toBeLessThan(5);
    if (models["abcde".indexOf(letter)] !== "demo") expect(files.some(({ status }) => status === "added")).toBe(true);
    expect(files.some(({ status }) => status === "deleted" || status === "renamed")).toBe(false);
  }

  const { body } = await api.select(run_id, 2);
  const runRepository = join(server.dataDir, "runs", `${run_id}.git`);
  const landed = git(runRepository, "ls-tree", "-r", "-z", "--name-only", body.branch).split("\0").filter(Boolean);
  expect(landed.sort()).toEqual([...listed, "notes/variation c.md"].sort());
  // Objects of five trees are five handfuls, not five copies; the agents' own trees are gone.
  const size = Number(/size-pack: (\d+)/.exec(git(runRepository, "count-objects", "-v"))?.[1]);
  expect(size).toBeLessThan(2_000);
  await expect.poll(() => readdirSync(join(server.dataDir, "attempts"))).toEqual([]);
});
