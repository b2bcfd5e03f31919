import { createWriteStream } from "node:fs";
import { chmod, chown, copyFile, lstat, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { AttemptSpec, CollectedTree, SetupSpec } from "../executor";
import { type AttemptFiles, attemptFiles, readRecord, writeRecord } from "./attempt-files";
import type { Machine, Mount } from "./machine";
import { removeFolder } from "./remove-folder";
import { takeDependencies } from "./take-dependencies";
import {
  COLLECT_SCRIPT,
  DELIVER_SCRIPT,
  FIND_DEPENDENCIES_SCRIPT,
  keptArguments,
  PREPARE_SCRIPT,
  SNAPSHOT_FILE_LIMIT_MB,
} from "./tree-scripts";

const PREPARE_TIMEOUT_MS = 10 * 60_000;
const COLLECT_TIMEOUT_MS = 5 * 60_000;
/** The next snapshot takes everything again: one in mid-run must not keep a stop waiting. */
const COLLECT_AT_WORK_MS = 60_000;
/** Host users that belong to nobody else; one per attempt, so that agents cannot touch each other's files or processes. */
const FIRST_UID = 61_000;
const LAST_UID = 61_999;
/** The proxy of a set-up, inside. */
export const SETUP_PROXY = "/run/aideator/proxy/proxy.sock";
const ownerSchema = z.object({ uid: z.int() });

/** Makes, takes and removes the trees of attempts. */
export interface AttemptTrees {
  prepare(spec: AttemptSpec | SetupSpec): Promise<void>;
  /** See `Executor.keep`. Nothing may run in the tree any more. */
  keep(spec: SetupSpec, folder: string): Promise<string[]>;
  collect(spec: AttemptSpec, options: { final: boolean; have?: string }): Promise<CollectedTree>;
  /** The user that an attempt's programs run as. */
  owner(files: AttemptFiles): Promise<number>;
  remove(files: AttemptFiles): Promise<void>;
}

/** `attemptsDir` holds one folder per attempt; `machine` is asked at every use. */
export function createAttemptTrees(attemptsDir: string, machine: () => Promise<Machine>): AttemptTrees {
  /** One at a time: two attempts must not choose the same user. */
  let choosing: Promise<unknown> = Promise.resolve();

  function chooseOwner(files: AttemptFiles, changesUser: boolean): Promise<number> {
    const chosen = choosing.then(async () => {
      const known = await readRecord(files.owner, ownerSchema);
      if (known !== undefined) return known.uid;
      const uid = changesUser ? await freeUid(attemptsDir) : (process.getuid?.() ?? 1_000);
      await writeRecord(files.owner, { uid });
      return uid;
    });
    choosing = chosen.catch(() => undefined);
    return chosen;
  }

  async function owner(files: AttemptFiles): Promise<number> {
    const known = await readRecord(files.owner, ownerSchema);
    if (known === undefined) throw new Error(`${files.folder} was not prepared`);
    return known.uid;
  }

  async function runScript(
    script: string,
    files: AttemptFiles,
    spec: AttemptSpec | SetupSpec,
    timeoutMs: number,
    { more = [], mounts: others = [] }: { more?: string[]; mounts?: Mount[] } = {},
  ): Promise<string> {
    const on = await machine();
    const inside = on.isolated
      ? { tree: "/workspace", mirror: "/mirror", snapshots: "/snapshots", home: "/tmp" }
      : { tree: files.tree, mirror: spec.mirrorPath, snapshots: files.snapshots, home: files.home };
    const mounts: Mount[] = [
      { from: files.tree, to: inside.tree, writable: true },
      { from: files.snapshots, to: inside.snapshots, writable: true },
      { from: spec.mirrorPath, to: inside.mirror, writable: false },
      { from: files.temporary, to: "/tmp", writable: true },
      ...others,
    ];
    const argv = ["bash", "-c", script, "tree", inside.tree, inside.mirror, spec.baseCommit, inside.snapshots, ...more];
    // The tree may be shut: the script goes there by itself.
    const program = { argv, cwd: "/", env: { PATH: on.path, HOME: inside.home, LANG: "C.UTF-8" }, mounts, uid: await owner(files) };
    const { code, stdout, stderr } = await on.run(spec.name, program, timeoutMs);
    if (code !== 0) throw new Error(`git in the sandbox ended with ${code}: ${stderr.trim().slice(-1_500)}`);
    return stdout;
  }

  /** Where scripts find the home folder, and what shows it to them. */
  function homeOf(files: AttemptFiles, { isolated }: Machine): { path: string; mounts: Mount[] } {
    if (!isolated) return { path: files.home, mounts: [] };
    return { path: "/home/agent", mounts: [{ from: files.home, to: "/home/agent", writable: true }] };
  }

  async function deliver(files: AttemptFiles, spec: AttemptSpec | SetupSpec, from: string): Promise<void> {
    const on = await machine();
    const home = homeOf(files, on);
    const kept = on.isolated ? "/dependencies" : from;
    const mounts = [...home.mounts, { from, to: "/dependencies", writable: false }];
    await runScript(DELIVER_SCRIPT, files, spec, PREPARE_TIMEOUT_MS, { more: [kept, home.path], mounts });
  }

  return {
    owner,
    async prepare(spec) {
      const files = attemptFiles(attemptsDir, spec.name);
      if ((await readRecord(files.prepared, z.object({}))) !== undefined) return;
      await mkdir(files.folder, { recursive: true, mode: 0o700 });
      const { changesUser, isolated } = await machine();
      const uid = await chooseOwner(files, changesUser);
      for (const folder of [files.tree, files.home, files.temporary, files.snapshots]) {
        await rm(folder, { recursive: true, force: true });
        await mkdir(folder, { mode: 0o755 });
        if (changesUser) await chown(folder, uid, uid);
      }
      await writeConfig(files, spec, { uid, changesUser, isolated });
      const { start } = spec;
      if (start !== undefined) await pipeline(start.pack(), createWriteStream(join(files.snapshots, "start.pack"), { mode: 0o644 }));
      await runScript(PREPARE_SCRIPT, files, spec, PREPARE_TIMEOUT_MS, { more: start === undefined ? [] : [start.commit] });
      if (spec.environment?.dependencies !== undefined) await deliver(files, spec, spec.environment.dependencies);
      await writeRecord(files.prepared, {});
    },
    async keep(spec, folder) {
      const files = attemptFiles(attemptsDir, spec.name);
      const home = homeOf(files, await machine());
      const more = keptArguments(spec.setup.keep, home.path);
      const found = await runScript(FIND_DEPENDENCIES_SCRIPT, files, spec, PREPARE_TIMEOUT_MS, { more, mounts: home.mounts });
      return takeDependencies(found, files, folder);
    },
    async collect(spec, { final, have = "" }) {
      const files = attemptFiles(attemptsDir, spec.name);
      const output = await runScript(COLLECT_SCRIPT, files, spec, final ? COLLECT_TIMEOUT_MS : COLLECT_AT_WORK_MS, {
        more: [final ? "final" : "", have],
      });
      return readCollected(output, join(files.snapshots, "taken.pack"), spec.baseCommit);
    },
    remove: (files) => removeFolder(files.folder),
  };
}

async function freeUid(attemptsDir: string): Promise<number> {
  const names = await readdir(attemptsDir).catch(() => []);
  const owners = await Promise.all(names.map((name) => readRecord(join(attemptsDir, name, "owner.json"), ownerSchema)));
  const taken = new Set(owners.map((owner) => owner?.uid));
  for (let uid = FIRST_UID; uid <= LAST_UID; uid += 1) if (!taken.has(uid)) return uid;
  throw new Error(`all ${LAST_UID - FIRST_UID + 1} users for sandboxes are in use`);
}

/** What the agent reads at start. The task's paths are those inside. */
type Owner = { uid: number } & Pick<Machine, "changesUser" | "isolated">;
async function writeConfig(files: AttemptFiles, spec: AttemptSpec | SetupSpec, owner: Owner): Promise<void> {
  const { uid, isolated } = owner;
  await mkdir(files.config, { recursive: true, mode: 0o755 });
  const pictures = ("task" in spec ? (spec.images ?? []) : []).map(({ hostPath, mediaType }, at) => ({
    hostPath,
    mediaType,
    name: `image-${at}`,
  }));
  const inside = isolated ? "/run/aideator/task" : files.config;
  const images = pictures.map(({ name, mediaType }) => ({ path: join(inside, name), mediaType }));
  const task =
    "task" in spec
      ? { ...spec.task, ...(images.length === 0 ? {} : { images }), workspace: isolated ? "/workspace" : files.tree }
      : { command: spec.setup.command, proxySocket: spec.setup.proxySocket === undefined ? undefined : SETUP_PROXY };
  for (const { hostPath, name } of pictures) await copyFile(hostPath, join(files.config, name));
  await writeFile(join(files.config, "task.json"), JSON.stringify(task));
  await writeEnvironment(files, spec, owner);
  await writeFile(join(files.config, "passwd"), `agent:x:${uid}:${uid}:agent:/home/agent:/bin/bash\n`);
  await writeFile(join(files.config, "group"), `agent:x:${uid}:\n`);
  await writeFile(join(files.config, "hosts"), "127.0.0.1 localhost\n::1 localhost\n");
  // Whatever umask the server has: the sandbox's user reads them.
  for (const name of ["task.json", "passwd", "group", "hosts", ...pictures.map(({ name }) => name)])
    await chmod(join(files.config, name), 0o644);
}

/** Secrets may be among the variables: for the sandbox's user alone, and never in an argument or in the environment of what starts it. */
async function writeEnvironment(files: AttemptFiles, spec: AttemptSpec | SetupSpec, { uid, changesUser }: Owner): Promise<void> {
  const path = join(files.config, "environment.json");
  const { variables, path: first } = spec.environment ?? { variables: {}, path: [] };
  const own = "task" in spec ? {} : spec.setup.variables;
  await rm(path, { force: true });
  await writeFile(path, JSON.stringify({ variables: { ...variables, ...own }, path: first }), { mode: 0o400 });
  if (changesUser) await chown(path, uid, uid);
}

/** What the script names, in words. */
const LEFT_OUT: Record<string, string> = {
  nested: "is a git repository of its own: its files are kept as ordinary files, its history is not.",
  big: `is larger than ${SNAPSHOT_FILE_LIMIT_MB} MB and is not part of the snapshot.`,
  unreadable: "cannot be read and is missing from the snapshot.",
  special: "is a pipe, socket or device and is not part of the snapshot.",
  submodule: "is a submodule: what was written into it is not part of the snapshot.",
  refused: "(what git said of a file that is missing from the snapshot)",
};
const MORE: Record<string, string> = {
  nested: "repositories inside the tree were taken as ordinary files as well.",
  big: `files larger than ${SNAPSHOT_FILE_LIMIT_MB} MB are not part of the snapshot either.`,
  unreadable: "files or folders cannot be read either.",
  special: "pipes, sockets or devices were left out as well.",
};

/** What `COLLECT_SCRIPT` printed → what was taken, with the words for what was left out. */
export async function readCollected(output: string, packFile: string, base: string): Promise<CollectedTree> {
  const lines = output.split("\n");
  const warnings = lines.flatMap((line) => {
    const [word = ""] = line.split(" ", 1);
    const say = LEFT_OUT[word] ?? MORE[word.replace(/^more-/, "")];
    return say === undefined ? [] : [`${line.slice(word.length + 1)} ${say}`];
  });
  const named = ["unreadable ", "submodule ", "refused "].some((word) => lines.some((line) => line.startsWith(word)));
  const complete = !lines.includes("partial") && !lines.some((line) => line.startsWith("unreadable "));
  if (!complete && !named) warnings.push("Some files could not be read and are missing from the snapshot.");
  if (lines.includes("unchanged")) return { commit: base, warnings, complete };
  const commit = lines.map((line) => /^commit ([0-9a-f]{40})$/.exec(line)?.[1]).find((id) => id !== undefined);
  if (commit === undefined || !(await lstat(packFile)).isFile()) throw new Error("the sandbox gave no snapshot");
  return { commit, packFile, warnings, complete };
}
