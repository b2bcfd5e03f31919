import type { RunChecksResponse, StartedResponse } from "../../lib/protocol/checks";
import type { CompositionResponse } from "../../lib/protocol/compositions";
import type { LandingResponse } from "../../lib/protocol/landing";
import type { FileMapResponse, MapResponse } from "../../lib/protocol/map";
import { allChecks, type ChecksPlace, proveGates } from "./checks-truth";
import { letterOf } from "./story";

/** Takes all that the story's variations did, checks it, lands it, and holds the tree against the one that `git merge` makes. */
export async function proveComposition(place: ChecksPlace, remote: string): Promise<void> {
  const { api, run, git, story, ledger, checkout } = place;
  const created = await api.call<CompositionResponse>("POST", `/runs/${run}/compositions`, { from: null });
  const { body, status } = await api.call<CompositionResponse>("PATCH", `/runs/${run}/compositions/${created.body.number}`, {
    version: created.body.version,
    files: await choices(place),
  });
  ledger.same("composition is taken", status === 200 ? 200 : body, 200);
  const { tree, number } = body;
  const folder = git.worktree("base");
  for (const index of story.compose) git.in(folder, "merge", "-q", "--no-edit", letterOf(index));
  ledger.same("composition as git merges it", tree, git.in(folder, "rev-parse", "HEAD^{tree}").trim());

  const name = `composition-${number}`;
  git.fetch([name]);
  ledger.same("composition as the run's remote serves it", git.treeOf(name), tree);
  const { body: before } = await api.call<RunChecksResponse>("GET", `/runs/${run}/checks`);
  const { queued } = (await api.call<StartedResponse>("POST", `/runs/${run}/checks`, { targets: [name] })).body;
  const { runs } = await allChecks(place, before.runs.length + queued);
  const failing = runs.filter((one) => one.target === name && one.status !== "passed").map((one) => `${one.name}: ${one.status}`);
  ledger.same("composition passes its checks", failing, []);
  await proveGates(place, [name]);

  ledger.same("composition is selected", (await api.call("POST", `/runs/${run}/select`, { composition: number })).status, 200);
  const landed = await api.call<LandingResponse>("POST", `/runs/${run}/land`, {
    kind: "checkout",
    composition: number,
    checkout,
    mode: "branch",
    branch: "best-of-three",
    switch: false,
  });
  ledger.same("composition lands", [landed.status, landed.body.status ?? landed.body], [200, "finished"]);
  ledger.same("composition as it landed", git.in(checkout, "rev-parse", "best-of-three^{tree}").trim(), tree);
  ledger.same("composition and its base", git.in(checkout, "rev-parse", "best-of-three^").trim(), git.git("rev-parse", "base").trim());
  git.git("fetch", "-q", remote, "winner");
  ledger.same("composition is the winner's branch", git.treeOf("FETCH_HEAD"), tree);
}

/** In each row what the first of the story's variations says that says anything. */
async function choices({ api, run, story }: ChecksPlace) {
  const { files } = (await api.call<MapResponse>("GET", `/runs/${run}/map`)).body;
  const taken = [];
  for (const { path } of files) {
    const { rows } = (await api.call<FileMapResponse>("GET", `/runs/${run}/map/file?path=${encodeURIComponent(path)}`)).body;
    const chosen = rows.flatMap(({ id, cells }) => {
      const variation = story.compose.find((index) => cells[index] != null);
      return variation === undefined ? [] : [{ row: id, variation }];
    });
    if (chosen.length > 0) taken.push({ path, choices: chosen });
  }
  return taken;
}
