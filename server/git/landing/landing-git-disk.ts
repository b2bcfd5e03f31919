import { homedir } from "node:os";
import { dataLayout } from "../data-layout";
import { createGit, type Git, type GitOptions } from "../git-command";
import type { GitStore } from "../git-store";
import { findObstacles, identityIn, inspectCheckout } from "./checkout-state";
import { recoverCheckout, writeCheckout } from "./checkout-write";
import { archiveOf, mailOf } from "./export-tree";
import { commitsBetween, commitTree, newFilters, touchedPaths } from "./landing-commit";
import { LandingError } from "./landing-error";
import type { LandingGit } from "./landing-git";
import { mergeTrees } from "./merge-trees";
import { pushBranch } from "./push-branch";
import { createUserGit, ownerOf } from "./user-git";

/** For update-ref: the ref must not be there yet. */
const NOTHING = "0".repeat(40);

export interface LandingGitOptions {
  /** Absolute. */
  dataDir: string;
  store: Pick<GitStore, "openMirror">;
  gitHosts: string[];
  sshAgent?: string;
  /** Home folder of the server's user, for their git configuration. */
  home?: string;
}

/** Landing on this machine's disk; see `LandingGit`. */
export function createLandingGit(options: LandingGitOptions): LandingGit {
  const { store, gitHosts, sshAgent, home = homedir() } = options;
  const layout = dataLayout(options.dataDir);
  const git = createGit(layout.gitHome);
  const usersGit = createUserGit({ home });
  const repository = (runId: string): string => layout.runRepository(runId);
  /** git as the owner of a checkout. */
  const gitIn = async (path: string): Promise<Git> => createUserGit(await ownerOf(path, home));

  /** `want` and what it needs beyond `have`, from one repository into another, without either side reading the other's files. */
  async function movePack(
    source: Git,
    from: GitOptions,
    target: Git,
    to: GitOptions,
    want: string,
    have: string | undefined,
  ): Promise<void> {
    const revisions = have === undefined ? `${want}\n` : `${want}\n^${have}\n`;
    const pack = source.output(["pack-objects", "--revs", "--stdout", "--quiet", "--delta-base-offset"], { ...from, stdin: revisions });
    await target.run(["index-pack", "--stdin", "--fix-thin"], { ...to, stdin: pack });
  }

  const has = async (one: Git, place: GitOptions, commit: string): Promise<boolean> =>
    (await one.run(["cat-file", "-e", `${commit}^{commit}`], { ...place, allowCodes: [1, 128] })).code === 0;

  async function giveObjects(runId: string, path: string, owner: Git, commit: string): Promise<void> {
    const to: GitOptions = { cwd: path };
    if (await has(owner, to, commit)) return;
    const gitDir = repository(runId);
    const parent = await git.text(["rev-parse", "--verify", `${commit}^`], { gitDir });
    await movePack(git, { gitDir }, owner, to, commit, (await has(owner, to, parent)) ? parent : undefined);
  }

  return {
    async identity(path) {
      if (path === undefined) return identityIn(usersGit, home);
      return identityIn(await gitIn(path), path);
    },
    async upstreamTip(address, branch) {
      const gitDir = await store.openMirror(address);
      const tip = await git.text(["rev-parse", "--verify", "--quiet", `refs/heads/${branch}^{commit}`], { gitDir, allowCodes: [1, 128] });
      return tip === "" ? undefined : tip;
    },
    commitsBetween: (runId, from, to, limit) => commitsBetween(git, repository(runId), from, to, limit),
    merge: (runId, base, snapshot, onto) => mergeTrees(git, repository(runId), base, snapshot, onto),
    async trailers(runId, commit, key) {
      const format = `--format=%(trailers:key=${key},unfold)`;
      const found = await git.text(["log", "-1", "--no-show-signature", format, commit], { gitDir: repository(runId) });
      return found.split("\n").filter((line) => line !== "");
    },
    treeOf: (runId, commit) => git.text(["rev-parse", "--verify", `${commit}^{tree}`], { gitDir: repository(runId) }),
    commit: (runId, input) => commitTree(git, repository(runId), input),
    async runBranches(runId) {
      const listed = await git.text(["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"], {
        gitDir: repository(runId),
      });
      const lines = listed.split("\n").filter((line) => line !== "");
      return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
    },
    async setBranch(runId, branch, commit, was) {
      const gitDir = repository(runId);
      const { code } = await git.run(["update-ref", `refs/heads/${branch}`, commit, was ?? NOTHING], { gitDir, allowCodes: [1, 128] });
      if (code === 0) return;
      const message = `The branch ${branch} of the run’s repository could not be set: it has changed meanwhile.`;
      throw new LandingError("conflict", message, "Look at the preview again, or choose another name.", { field: "branch" });
    },
    touched: (runId, from, to) => touchedPaths(git, repository(runId), from, to),
    newFilters: (runId, from, to) => newFilters(git, repository(runId), from, to),

    inspectCheckout: async (path) => inspectCheckout(await gitIn(path), path),
    obstacles: findObstacles,
    async takeHead(runId, path, head) {
      const gitDir = repository(runId);
      if (await has(git, { gitDir }, head)) return;
      const owner = await gitIn(path);
      const base = await git.text(["rev-parse", "--verify", "refs/aideator/base"], { gitDir });
      await movePack(owner, { cwd: path }, git, { gitDir }, head, (await has(owner, { cwd: path }, base)) ? base : undefined);
    },
    async related(runId, one, other) {
      // 1: none; 128: history that a shallow clone lacks, where nobody can say.
      const { code } = await git.run(["merge-base", one, other], { gitDir: repository(runId), allowCodes: [1, 128] });
      return code !== 1;
    },
    hasCommit: async (path, commit) => has(await gitIn(path), { cwd: path }, commit),
    async branches(path) {
      const owner = await gitIn(path);
      const listed = await owner.text(["for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads"], { cwd: path });
      return listed.split("\n").filter((name) => name !== "");
    },
    async addBranch(runId, path, branch, commit) {
      const owner = await gitIn(path);
      await giveObjects(runId, path, owner, commit);
      await owner.run(["update-ref", "-m", "aideator: land a variation", `refs/heads/${branch}`, commit, NOTHING], { cwd: path });
    },
    async writeCheckout(runId, write) {
      const owner = await gitIn(write.path);
      await giveObjects(runId, write.path, owner, write.commit);
      await writeCheckout(owner, write);
    },
    recoverCheckout: async (write) => recoverCheckout(await gitIn(write.path), write),

    async originOf(path) {
      const owner = await gitIn(path);
      const place: GitOptions = { cwd: path, trusted: path };
      const bare = (await owner.text(["rev-parse", "--is-bare-repository"], place)) === "true";
      const origin = await owner.text(["remote", "get-url", "--push", "origin"], { ...place, allowCodes: [2, 128] });
      return { bare, origin: origin === "" ? undefined : origin };
    },
    push: (target, order) =>
      pushBranch({ own: git, users: usersGit }, repository(order.runId), target, order, { gitHosts, sshAgent, home }),
    mail: (runId, commit) => mailOf(git, repository(runId), commit),
    archive: (runId, commit, format, prefix) => archiveOf(git, repository(runId), commit, format, prefix),
  };
}
