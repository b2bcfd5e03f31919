import { createWriteStream } from "node:fs";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { KeptFolders } from "../executor";
import { runProgram } from "../local/run-program";
import { takeDependencies } from "../local/take-dependencies";
import { COLLECT_SCRIPT, DELIVER_SCRIPT, FIND_DEPENDENCIES_SCRIPT, keptArguments, PREPARE_SCRIPT } from "../local/tree-scripts";
import { unpackTrusted } from "./pack-archive";
import type { PodTreeConfig } from "./pod-config";
import type { PodGateway } from "./pod-gateway";

/** Of the answer with a base: where its history is cut, separated by spaces. */
export const SHALLOW_HEADER = "aideator-shallow";

/** Folders of a pod's program below its working folder. */
export interface PodFolders {
  tree: string;
  home: string;
  mirror: string;
  snapshots: string;
  images: string;
  config: string;
  /** What a set-up installed, on its way to the server. */
  kept: string;
  /** The pod's own copy of what it printed. */
  lines: string;
}

/** See `PodFolders`. */
export function podFolders(work: string): PodFolders {
  const at = (name: string): string => join(work, name);
  return {
    tree: at("tree"),
    home: at("home"),
    mirror: at("mirror.git"),
    snapshots: at("snapshots"),
    images: at("images"),
    config: at("config"),
    kept: at("kept"),
    lines: at("lines.jsonl"),
  };
}

const TIMEOUT_MS = 10 * 60_000;
const HAS_PACK = /^commit /m;

/** The tree of a pod: made from the base that the server sends, taken by the same scripts as everywhere. */
export interface PodTree {
  /** `cut`: only the newest part of the history is there. */
  make(): Promise<{ cut: boolean }>;
  /** What the collecting script printed, and the pack where something changed. */
  take(options: { final: boolean; have?: string }): Promise<{ output: string; packFile?: string }>;
  /** Moves what a set-up installed together. Nothing may work there any more. Resolves to the folder. */
  keep(keep: KeptFolders): Promise<string>;
}

/** See `PodTree`. `path`: where programs are looked for. */
export function createPodTree(
  folders: PodFolders,
  { baseCommit, startCommit, dependencies }: PodTreeConfig,
  gateway: Pick<PodGateway, "download" | "fetch">,
  path: string,
): PodTree {
  const env = { PATH: path, HOME: folders.home, LANG: "C.UTF-8", GIT_CONFIG_NOSYSTEM: "1" };

  async function run(argv: string[], stdin?: string): Promise<string> {
    const { code, stdout, stderr } = await runProgram(argv, { cwd: "/", env, timeoutMs: TIMEOUT_MS, stdin });
    if (code !== 0) throw new Error(`${argv[0]} ended with ${code}: ${stderr.trim().slice(-1_500)}`);
    return stdout;
  }

  const script = (text: string, more: string[] = []): Promise<string> =>
    run(["bash", "-c", text, "tree", folders.tree, folders.mirror, baseCommit, folders.snapshots, ...more]);

  async function fetchBase(): Promise<{ cut: boolean }> {
    const packFile = join(folders.config, "base.pack");
    let shallow = "";
    await gateway.fetch("base", async (body, headers) => {
      shallow = String(headers[SHALLOW_HEADER] ?? "");
      await pipeline(body, createWriteStream(packFile));
    });
    await run(["git", "init", "--quiet", "--bare", folders.mirror]);
    await run(["bash", "-c", 'git --git-dir "$1" index-pack --stdin < "$2" > /dev/null && rm -f "$2"', "pack", folders.mirror, packFile]);
    if (shallow !== "") await writeFile(join(folders.mirror, "shallow"), `${shallow.split(" ").join("\n")}\n`);
    return { cut: shallow !== "" };
  }

  async function deliver(): Promise<void> {
    const kept = join(folders.config, "dependencies");
    await gateway.fetch("dependencies", async (body) => {
      await rm(kept, { recursive: true, force: true });
      await unpackTrusted(body, kept);
    });
    await script(DELIVER_SCRIPT, [kept, folders.home]);
    await rm(kept, { recursive: true, force: true });
  }

  return {
    async make() {
      await mkdir(folders.snapshots, { recursive: true });
      const made = await fetchBase();
      if (startCommit !== undefined) await gateway.download("start", join(folders.snapshots, "start.pack"));
      await script(PREPARE_SCRIPT, startCommit === undefined ? [] : [startCommit]);
      if (dependencies) await deliver();
      return made;
    },
    async take({ final, have = "" }) {
      const output = await script(COLLECT_SCRIPT, [final ? "final" : "", have]);
      const packFile = join(folders.snapshots, "taken.pack");
      return HAS_PACK.test(output) ? { output, packFile } : { output };
    },
    async keep(keep) {
      const found = await script(FIND_DEPENDENCIES_SCRIPT, keptArguments(keep, folders.home));
      // The command itself may have written there.
      await rm(folders.kept, { recursive: true, force: true });
      await mkdir(folders.kept, { recursive: true });
      await takeDependencies(found, folders, folders.kept);
      return folders.kept;
    },
  };
}

/** Lines `from` to `to` (from 1, both included) of the pod's own copy. */
export async function ownLines(folders: PodFolders, from: number, to: number): Promise<string[]> {
  await access(folders.lines);
  return (await readFile(folders.lines, "utf8")).split("\n").slice(from - 1, to);
}
