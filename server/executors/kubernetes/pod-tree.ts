import { access, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../local/run-program";
import { COLLECT_SCRIPT, PREPARE_SCRIPT } from "../local/tree-scripts";
import type { PodGateway } from "./pod-gateway";

/** Folders of a pod's program below its working folder. */
export interface PodFolders {
  tree: string;
  home: string;
  mirror: string;
  snapshots: string;
  images: string;
  config: string;
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
    lines: at("lines.jsonl"),
  };
}

const TIMEOUT_MS = 10 * 60_000;
const HAS_PACK = /^commit /m;

/** The tree of a pod: made from the base that the server sends, taken by the same scripts as everywhere. */
export interface PodTree {
  make(): Promise<void>;
  /** What the collecting script printed, and the pack where something changed. */
  take(options: { final: boolean; have?: string }): Promise<{ output: string; packFile?: string }>;
}

/** See `PodTree`. `path`: where programs are looked for. */
export function createPodTree(
  folders: PodFolders,
  { baseCommit, startCommit }: { baseCommit: string; startCommit?: string },
  gateway: PodGateway,
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

  return {
    async make() {
      for (const folder of [folders.tree, folders.home, folders.images, folders.config]) await mkdir(folder, { recursive: true });
      const packFile = join(folders.config, "base.pack");
      await gateway.download("base", packFile);
      await run(["git", "init", "--quiet", "--bare", folders.mirror]);
      await run(["bash", "-c", 'git --git-dir "$1" index-pack --stdin < "$2" > /dev/null && rm -f "$2"', "pack", folders.mirror, packFile]);
      // What the server sent has both: the tree's start needs no pack of its own.
      await script(PREPARE_SCRIPT, startCommit === undefined ? [] : [startCommit]);
    },
    async take({ final, have = "" }) {
      const output = await script(COLLECT_SCRIPT, [final ? "final" : "", have]);
      const packFile = join(folders.snapshots, "taken.pack");
      return HAS_PACK.test(output) ? { output, packFile } : { output };
    },
  };
}

/** Lines `from` to `to` (from 1, both included) of the pod's own copy. */
export async function ownLines(folders: PodFolders, from: number, to: number): Promise<string[]> {
  await access(folders.lines);
  return (await readFile(folders.lines, "utf8")).split("\n").slice(from - 1, to);
}
