import { readFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Workspace } from "./workspace";

const GUIDE_FILES = ["AGENTS.md", "CLAUDE.md"];
/** Characters of one file, and of all that is read of guides in one attempt. */
const FILE_LIMIT = 32_000;
const TOTAL_LIMIT = 96_000;
/** How deep imports may import, and how many files one guide may bring. */
const IMPORT_DEPTH = 4;
const FILES_AT_ONCE = 20;

/** The repository's own guides for agents: `AGENTS.md` and `CLAUDE.md`, with what they import by `@path`. */
export interface Guides {
  /** The root's; undefined when there is none. */
  root(): Promise<string | undefined>;
  /** Those of the folders above these files (absolute paths), each only once; undefined when there is nothing new. */
  near(files: readonly string[]): Promise<string | undefined>;
  /** The conversation was replaced: nested guides are told again when they matter. */
  forget(): void;
}

export function createGuides(workspace: Workspace): Guides {
  const rootFiles = new Set<string>();
  let told = new Set<string>();
  let room = TOTAL_LIMIT;

  async function readText(path: string): Promise<string | undefined> {
    try {
      const text = await readFile(await workspace.resolve(path), "utf8");
      return text.trim() === "" ? undefined : text.slice(0, FILE_LIMIT);
    } catch {
      // Not there, or a link that leads elsewhere.
      return undefined;
    }
  }

  /** A guide and what it imports, in the order of reading; a file that was met before is left out. */
  async function collect(path: string, met: Set<string>, depth = 0): Promise<string[]> {
    if (room <= 0 || met.has(path) || met.size >= FILES_AT_ONCE) return [];
    met.add(path);
    const text = (await readText(path))?.slice(0, room);
    if (text === undefined) return [];
    room -= text.length;
    const parts = [`${workspace.show(path)}:\n${text}`];
    if (depth >= IMPORT_DEPTH) return parts;
    for (const name of importsOf(text)) parts.push(...(await collect(join(dirname(path), name), met, depth + 1)));
    return parts;
  }

  async function of(folder: string, met: Set<string>): Promise<string | undefined> {
    const parts: string[] = [];
    for (const name of GUIDE_FILES) {
      for (const part of await collect(join(folder, name), met)) {
        // CLAUDE.md is often a copy of AGENTS.md, or a link to it.
        const body = part.slice(part.indexOf("\n"));
        if (!parts.some((other) => other.endsWith(body))) parts.push(part);
      }
    }
    return parts.length === 0 ? undefined : parts.join("\n\n");
  }

  return {
    root: () => of(workspace.root, rootFiles),
    async near(files) {
      const news: string[] = [];
      for (const folder of files.flatMap((file) => foldersAbove(file, workspace.root))) {
        if (told.has(folder)) continue;
        told.add(folder);
        const text = await of(folder, new Set(rootFiles));
        if (text !== undefined) news.push(text);
      }
      return news.length === 0 ? undefined : news.join("\n\n");
    },
    forget() {
      told = new Set();
      room = TOTAL_LIMIT;
    },
  };
}

/** Folders between the root and the file, outermost first; not the root itself. A folder counts for what is in it. */
function foldersAbove(file: string, root: string): string[] {
  const folders: string[] = [];
  for (let folder = file; folder.startsWith(root + sep); folder = dirname(folder)) folders.unshift(folder);
  return folders;
}

/** Paths in `@path`, outside of code; `user@host` and `@scope/package` in prose are found, too, and simply do not exist as files. */
function importsOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/(?:^|\s)@([\w./-]+[\w])/g)].map(([, path = ""]) => path).filter((path) => !path.startsWith("/"));
}
