import { type DependencyFolders, type Ecosystem, ecosystems } from "./ecosystems";

/** A file of the base tree. */
export interface ListedFile {
  path: string;
  /** git blob id: stands for the content. */
  blob: string;
}

/** What a project's tree asks for. */
export interface DetectedSetup {
  /** The package managers found, in words: `npm`, `npm and pip`. */
  name: string;
  /** The lock file of each. */
  locks: string[];
  /** Everything that the hash is made from, sorted. */
  hashed: ListedFile[];
  /** Absent when no program that could do it is installed: `missing` then says what to do. */
  command?: string;
  missing?: string;
  folders: DependencyFolders;
  domains: string[];
  setupEnv: Record<string, string>;
  agentEnv: Record<string, string>;
  agentPath: string[];
  /** How a checkout's folders are checked against the lock file; absent: they are not taken over. */
  seed?: "npm" | "pnpm";
}

/** Languages that share a folder or a command: of each family only the first one found is set up. */
const families: Record<string, string> = {
  npm: "node",
  pnpm: "node",
  Yarn: "node",
  Bun: "node",
  uv: "python",
  Poetry: "python",
  Pipenv: "python",
  pip: "python",
  Gradle: "java",
  Maven: "java",
};

/**
 * Finds out how a project's dependencies are installed, from the paths of its tree alone; undefined when no lock file is at its root.
 * `installed` names the programs that the sandbox has. Pure. A project in two languages has both commands, one after the other.
 */
export function detectSetup(files: readonly ListedFile[], installed: ReadonlySet<string>): DetectedSetup | undefined {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const taken = new Set<string>();
  const found: { ecosystem: Ecosystem; lock: string }[] = [];
  for (const ecosystem of ecosystems) {
    const lock = ecosystem.locks.find((path) => byPath.has(path));
    const family = families[ecosystem.name] ?? ecosystem.name;
    if (lock === undefined || taken.has(family) || isVendored(ecosystem, byPath)) continue;
    taken.add(family);
    found.push({ ecosystem, lock });
  }
  return found.length === 0 ? undefined : combine(found, files, installed);
}

/** The programs whose presence decides; to be looked for in the sandbox's own search path. */
export function neededTools(): string[] {
  return [...new Set(ecosystems.flatMap(({ ways }) => ways.map(({ tool }) => tool)))];
}

/** Go's and Composer's dependencies may be part of the repository: nothing is to be fetched then. */
function isVendored({ name }: Ecosystem, byPath: ReadonlyMap<string, ListedFile>): boolean {
  return (name === "Go" && byPath.has("vendor/modules.txt")) || (name === "Composer" && byPath.has("vendor/autoload.php"));
}

function combine(
  found: readonly { ecosystem: Ecosystem; lock: string }[],
  files: readonly ListedFile[],
  installed: ReadonlySet<string>,
): DetectedSetup {
  const all = found.map(({ ecosystem }) => ecosystem);
  const ways = all.map((ecosystem) => ({ ecosystem, way: ecosystem.ways.find(({ tool }) => installed.has(tool)) }));
  const lacking = ways.filter(({ way }) => way === undefined).map(({ ecosystem }) => ecosystem.remedy);
  const commands = ways.flatMap(({ way }) => (way === undefined ? [] : [way.command]));
  return {
    name: all.map(({ name }) => name).join(" and "),
    locks: found.map(({ lock }) => lock),
    hashed: hashedFiles(found, files),
    command: lacking.length > 0 ? undefined : commands.length === 1 ? commands[0] : commands.map((one) => `(${one})`).join(" && "),
    missing: lacking.length === 0 ? undefined : [...new Set(lacking)].join(" "),
    folders: {
      named: unique(all.flatMap(({ folders }) => folders.named)),
      tree: unique(all.flatMap(({ folders }) => folders.tree)),
      home: unique(all.flatMap(({ folders }) => folders.home)),
    },
    domains: unique(all.flatMap(({ domains }) => domains)),
    setupEnv: Object.assign({}, ...all.map(({ setupEnv }) => setupEnv)) as Record<string, string>,
    agentEnv: Object.assign({}, ...all.map(({ agentEnv }) => agentEnv)) as Record<string, string>,
    agentPath: unique(all.flatMap(({ agentPath }) => agentPath)),
    seed: all.length === 1 ? all[0]?.seed : undefined,
  };
}

function hashedFiles(found: readonly { ecosystem: Ecosystem; lock: string }[], files: readonly ListedFile[]): ListedFile[] {
  const locks = new Set(found.map(({ lock }) => lock));
  const names = new Set(found.flatMap(({ ecosystem }) => ecosystem.alsoHashed));
  return files
    .filter(({ path }) => locks.has(path) || names.has(path.slice(path.lastIndexOf("/") + 1)))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function unique(values: string[]): string[] {
  return [...new Set(values)];
}
