import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyRun, type RunState } from "@/lib/run/state";
import type { Executor } from "../executors/executor";
import { createFakeExecutor } from "../executors/fake/fake-executor";
import type { GitStore } from "../git/git-store";
import { createGitStore } from "../git/git-store-disk";
import { parseRepositoryAddress } from "../git/repository-address";
import { createDependencyCache, type DependencyCache } from "./dependency-cache";
import { type PlanInput, planSetup, type SetupPlan } from "./plan-setup";

let dir: string;
let git: GitStore;
let cache: DependencyCache;
let input: PlanInput;

// A checkout that has installed exactly what its lock file says.
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "aid-plan-"));
  const checkout = join(dir, "app");
  mkdirSync(join(checkout, "node_modules/tiny"), { recursive: true });
  const packages = { "": { name: "app", dependencies: { tiny: "1.0.0" } }, "node_modules/tiny": { version: "1.0.0" } };
  const lock = JSON.stringify({ name: "app", lockfileVersion: 3, requires: true, packages });
  for (const path of ["package-lock.json", "node_modules/.package-lock.json"]) writeFileSync(join(checkout, path), lock);
  writeFileSync(join(checkout, "package.json"), JSON.stringify(packages[""]));
  writeFileSync(join(checkout, ".gitignore"), "node_modules\n");
  const run = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.com", ...args], { cwd: checkout });
  run("init", "-q", "-b", "main");
  run("add", "-A");
  run("commit", "-qm", "app");
  const dataDir = join(dir, "data");
  git = createGitStore({ dataDir, gitHosts: [] });
  cache = createDependencyCache(dataDir, { keptBytes: 1e9, now: Date.now });
  const mirrorPath = await git.openMirror(await parseRepositoryAddress(checkout, { localRoots: [dir], gitHosts: [] }));
  const base = await git.pinBase(mirrorPath, "plansetup00001");
  await git.createRunRepository("plansetup00001", mirrorPath, base.commit);
  const state: RunState = { ...emptyRun("plansetup00001"), projectId: "0123456789abcdef", repositoryUrl: checkout, base };
  const settings = { enabled: true, seedFromCheckout: true, domains: [] };
  input = { run: state, mirrorPath, settings, variables: [], setupVariables: {} };
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** `image`: undefined on this machine. */
async function planIn(image: string | undefined): Promise<SetupPlan> {
  const executor: Executor = {
    ...createFakeExecutor(async function* () {
      yield* [];
      return { kind: "exited", code: 0 };
    }),
    keep: () => Promise.resolve([]),
    programs: () => Promise.resolve(new Set(["npm"])),
    ...(image === undefined ? {} : { image: () => Promise.resolve(image) }),
  };
  const registries = { variables: {}, hosts: [], certificates: [] };
  return (await planSetup({ git, executor, cache, registries, operatorHosts: [] }, input)).plan;
}

it("takes over what a checkout has installed on this machine only: of no image is it known that it fits", async () => {
  expect(await planIn(undefined)).toMatchObject({ kind: "build", job: { seed: [{ path: "node_modules" }] } });
  const plan = await planIn("sha256:one");
  expect(plan).toMatchObject({ kind: "build", command: expect.stringContaining("npm ci") });
  expect(plan.kind === "build" && plan.job.seed).toBeUndefined();
});

it("knows what was made in the same image, and nothing of what was made in another", async () => {
  const first = await planIn("sha256:one");
  if (first.kind !== "build") throw new Error(`it is ${first.kind}`);
  const folder = await cache.publish(first.place, await cache.begin(first.place), { command: first.command, folders: [] });
  expect(await planIn("sha256:one")).toMatchObject({ kind: "known", folder });
  expect(await planIn("sha256:two")).toMatchObject({ kind: "build" });
  expect(await planIn(undefined)).toMatchObject({ kind: "build" });
});
