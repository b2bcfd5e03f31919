// What a fresh clone needs before anything can be built: packages, a SQLite binary, the programs that sandboxes are made of, the database
// client. Every part is skipped when it is there already. Node's own modules only, since nothing is installed yet.
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fail, must, note, root, run, StepError, step } from "./step.mjs";

const OLDEST_NODE = [20, 20];
const isRoot = process.getuid?.() === 0;

/** Quiet, no telemetry, and no download that the project can do without. */
const quiet = {
  CHECKPOINT_DISABLE: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  // Prisma's command line fetches its schema engine even where none is needed; any program that exists will do.
  PRISMA_SCHEMA_ENGINE_BINARY: ["/bin/true", "/usr/bin/true"].find((path) => existsSync(path)) ?? process.execPath,
  PRISMA_SKIP_POSTINSTALL_GENERATE: "1",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
};

/** Idempotent; rejects with a `StepError` only where the program could not run without the missing part. */
export async function setUp({ browser = false, containers = false } = {}) {
  await step("Node.js", checkPlatform);
  await step("Packages", installPackages);
  await step("SQLite", buildSqlite);
  await step("Sandbox tools", installSandboxTools);
  if (browser) await step("Browser", installBrowser);
  if (containers) await step("Containers", installPodman);
  await step("Database client", generateClient);
}

/** The path of a program, or undefined. */
export function findProgram(...names) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  for (const name of names) for (const folder of folders) if (folder !== "" && existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

/** A Chromium for the browser tests. Playwright's own is used when it was installed. */
export function findBrowser() {
  const mac = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
  return findProgram("chromium", "chromium-browser", "google-chrome", "google-chrome-stable") ?? (existsSync(mac) ? mac : undefined);
}

function checkPlatform() {
  if (process.platform === "win32") {
    throw new StepError("AIdeator does not run on native Windows. Use it inside WSL 2: https://learn.microsoft.com/windows/wsl/install");
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new StepError(
      `Node.js ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}. Get it from https://nodejs.org/.`,
    );
  }
  return `${process.versions.node} on ${process.platform}-${process.arch}`;
}

async function installPackages() {
  if (packagesMatchLock()) return "up to date";
  note("npm ci, about a minute");
  // No package's install script is needed: SQLite is the only one that must be compiled, and has a step of its own.
  await npm("npm ci", ["ci", "--ignore-scripts", "--include=dev"]);
  return "installed";
}

/** npm notes in `node_modules/.package-lock.json` what it put there, as its last act: an install that was cut short has no such file. */
function packagesMatchLock() {
  const installedFile = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    // Optional ones are other platforms' binaries.
    if (path === "" || entry.optional || entry.devOptional) return true;
    return installed[path]?.version === entry.version;
  });
}

async function buildSqlite() {
  if (await sqliteLoads()) return "up to date";
  await needPrograms("to compile SQLite", { "g++": "g++", make: "make", python3: "python3" });
  note("compiling SQLite, one to two minutes");
  const env = { npm_config_build_from_source: "true", npm_config_ignore_scripts: "false", ...nodeHeaders() };
  await npm("Compiling SQLite", ["rebuild", "better-sqlite3"], env);
  if (!(await sqliteLoads())) {
    throw new StepError("SQLite (the package better-sqlite3) was built but cannot be loaded. Remove node_modules and try again.");
  }
  return "compiled";
}

async function sqliteLoads() {
  const script = `new (require("better-sqlite3"))(":memory:").close()`;
  return (await run(process.execPath, ["--eval", script])).code === 0;
}

/** Where Node's headers lie on this machine, so that node-gyp needs no download. */
function nodeHeaders() {
  const prefixes = [join(dirname(process.execPath), ".."), "/usr", "/usr/local"];
  const prefix = prefixes.find((folder) => existsSync(join(folder, "include/node/node_api.h")));
  return prefix === undefined ? {} : { npm_config_nodedir: prefix };
}

async function installSandboxTools() {
  const onLinux = process.platform === "linux";
  const missing = await needPrograms(
    "for repositories and sandboxes",
    onLinux ? { git: "git", bwrap: "bubblewrap", setpriv: "util-linux", prlimit: "util-linux" } : { git: "git" },
  );
  if (missing.length === 0) return onLinux ? "git, bubblewrap, setpriv" : "git";
  return `missing: ${missing.join(", ")}`;
}

async function installBrowser() {
  if (findBrowser() === undefined) await needPrograms("for the browser tests", { chromium: "chromium" });
  return findBrowser() ?? "missing";
}

/** Tests start a Podman of their own; without one they are left out and say so. */
async function installPodman() {
  if (process.platform !== "linux") return "tests of containers need Linux";
  const missing = await needPrograms("for the tests of containers", { podman: "podman", runc: "runc" });
  return missing.length === 0 ? "podman, runc" : `missing: ${missing.join(", ")}`;
}

async function generateClient() {
  const schema = join(root, "prisma/schema.prisma");
  const client = join(root, "server/storage/prisma/generated/client.ts");
  const newest = Math.max(modified(schema), modified(join(root, "package-lock.json")));
  // Builders of images may set the times of all files to the same.
  if (existsSync(client) && modified(client) >= newest) return "up to date";
  await must("prisma generate", process.execPath, [join(root, "node_modules/prisma/build/index.js"), "generate"], { env: quiet });
  return "generated";
}

function modified(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** Runs npm: the one that started this script, else the one in PATH. */
function npm(what, args, env = {}) {
  const cli = process.env.npm_execpath;
  const own = cli !== undefined && basename(cli) === "npm-cli.js" && existsSync(cli);
  return must(what, own ? process.execPath : "npm", own ? [cli, ...args] : args, { env: { ...quiet, ...env } });
}

/**
 * Looks for programs (name → Debian package). As root on Debian and its kin they are installed; otherwise the command is printed and
 * things go on. Resolves to the names still missing.
 */
async function needPrograms(why, packages) {
  const absent = () => Object.keys(packages).filter((name) => findProgram(name) === undefined);
  if (absent().length > 0 && isRoot && findProgram("apt-get") !== undefined) await aptInstall(absent().map((name) => packages[name]));
  const missing = absent();
  if (missing.length > 0) note(`${why}, please run: ${installCommand([...new Set(missing.map((name) => packages[name]))])}`);
  return missing;
}

async function aptInstall(packages) {
  note(`apt-get install ${packages.join(" ")}`);
  const install = () =>
    run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env: { DEBIAN_FRONTEND: "noninteractive" } });
  if ((await install()).code === 0) return;
  // The package lists are missing or old.
  await run("apt-get", ["update"]);
  const { code, output } = await install();
  if (code !== 0) note(`apt-get: ${output.trim().split("\n").at(-1)}`);
}

/** The one command that installs `packages` (Debian names) on this system. */
function installCommand(packages) {
  const others = { "g++": "gcc-c++", "util-linux": "util-linux" };
  if (process.platform === "darwin") {
    const tools = packages.every((name) => ["g++", "make", "python3", "git"].includes(name));
    return tools ? "xcode-select --install" : "brew install --cask google-chrome";
  }
  if (findProgram("apt-get") !== undefined) return `sudo apt-get install -y ${packages.join(" ")}`;
  if (findProgram("dnf") !== undefined) return `sudo dnf install -y ${packages.map((name) => others[name] ?? name).join(" ")}`;
  if (findProgram("pacman") !== undefined)
    return `sudo pacman -S ${packages.map((name) => (name === "g++" ? "gcc" : name === "python3" ? "python" : name)).join(" ")}`;
  return `(your package manager) install ${packages.join(" ")}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await setUp({ browser: process.argv.includes("--with-browser") }).catch(fail);
}
