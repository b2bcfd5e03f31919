import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ProjectChecksResponse, StartedResponse } from "../../lib/protocol/checks";
import { type ApiClient, apiClient, ended } from "../api-client";
import { startServer } from "../server";
import { allChecks, type ChecksPlace, proveGates, proveMatrix, variationNames } from "./checks-truth";
import { proveComposition } from "./compose-truth";
import { createLedger, type Ledger } from "./ledger";
import { proveMap } from "./map-truth";
import { openPlainGit, type PlainGit } from "./plain-git";
import { isThere, runners } from "./runners";
import { type Edit, letterOf, type Story, scenarioOf } from "./story";

/**
 * Plays a story on a repository with a real server, and holds all that the product says of it against git and the runners.
 * @param checkout a clean checkout; what lands there is a branch of its own.
 */
export async function prove(checkout: string, story: Story, say: (line: string) => void = () => undefined): Promise<Ledger> {
  if (!isThere(story.runner)) throw new Error(`This machine has no ${runners[story.runner].needs}.`);
  const ledger = createLedger(say);
  const scripts = mkdtempSync(join(tmpdir(), "aid-truth-scripts-"));
  writeFileSync(join(scripts, "truth.json"), JSON.stringify(scenarioOf(story)));
  const server = await startServer({
    AIDEATOR_LOCAL_REPOS: dirname(checkout),
    AIDEATOR_SCRIPTS: scripts,
    AIDEATOR_GIT_AUTHOR: "Ada Lovelace <ada@example.com>",
    AIDEATOR_MAX_RUNNING: "5",
  });
  let git: PlainGit | undefined;
  try {
    const api = patientClient(server.url);
    const line_up = story.variations.map(() => ({ model: "script:truth" }));
    const { run_id: run } = await api.startRun({ github_url: checkout, prompt: "Make it better, with tests", line_up });
    const { project_id, base_commit } = await api.until(run, ended, 300_000);
    const names = variationNames(story);
    const remote = `${server.url}/git/runs/${run}`;
    git = openPlainGit(remote, base_commit ?? "", names);
    proveTrees(git, story, ledger);
    say(`trees ${JSON.stringify(ledger.counts())}`);
    const marks = await proveMap({ api, run, git, variations: names.length, ledger });
    for (const mark of story.expect.marks) ledger.holds(`story has a row that is ${mark}`, marks.has(mark));
    say(`map ${JSON.stringify(ledger.counts())}`);

    const settings = { disabled: story.disabled ?? [], automatic: false, minutes: 15 };
    const { body } = await api.call<ProjectChecksResponse>("PUT", `/projects/${project_id}/checks`, settings);
    const wanted = body.checks.filter(({ enabled }) => enabled);
    say(`checks ${wanted.map(({ id, command }) => `${id} ${command ?? ""}`).join("; ")}`);
    const { queued } = (await api.call<StartedResponse>("POST", `/runs/${run}/checks`, {})).body;
    const place: ChecksPlace = { api, run, git, story, ledger, checkout };
    await allChecks(place, queued);
    const found = await proveGates(place, names);
    ledger.same(
      "story breaks so many tests of the base",
      names.map((name) => found.get(name)?.broken),
      story.expect.broken,
    );
    ledger.same(
      "story adds so many tests that pass",
      names.map((name) => found.get(name)?.added),
      story.expect.added,
    );
    say(`gates ${JSON.stringify(ledger.counts())}`);
    await proveMatrix(place, names);
    say(`matrix ${JSON.stringify(ledger.counts())}`);
    await proveComposition(place, remote);
    return ledger;
  } finally {
    git?.dispose();
    await server.dispose();
    rmSync(scripts, { recursive: true, force: true });
  }
}

/** Runners that are waited for stop this process: what the server closed meanwhile must be noticed before the next call. */
function patientClient(url: string): ApiClient {
  const api = apiClient(url);
  return {
    ...api,
    async call(...args) {
      await pause(50);
      return api.call(...args);
    },
  };
}

/** What the agents left is what the same edits leave by hand. */
function proveTrees(git: PlainGit, story: Story, ledger: Ledger): void {
  for (const [index, edits] of story.variations.entries()) {
    const folder = git.worktree("base");
    for (const edit of edits) apply(git, folder, edit);
    git.in(folder, "add", "-A");
    ledger.same(`trees of ${letterOf(index)}`, git.treeOf(letterOf(index)), git.in(folder, "write-tree").trim());
  }
}

function apply(git: PlainGit, folder: string, edit: Edit): void {
  if ("command" in edit) {
    execFileSync("/bin/bash", ["-c", edit.command], { cwd: folder });
    return;
  }
  const path = join(folder, "write" in edit ? edit.write : edit.edit);
  if ("write" in edit) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, edit.content);
    return;
  }
  const parts = git.in(folder, "cat-file", "blob", git.in(folder, "hash-object", "-w", "--no-filters", path).trim()).split(edit.old);
  if (parts.length !== 2) throw new Error(`${edit.edit} has ${parts.length - 1} times: ${edit.old}`);
  writeFileSync(path, parts.join(edit.new));
}
