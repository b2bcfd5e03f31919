/** Where what a set-up installs comes to lie. Paths are relative, with `/`. */
export interface DependencyFolders {
  /** Every folder of this name in the tree, but not inside another one: `node_modules` of each workspace. */
  named: string[];
  /** In the tree. */
  tree: string[];
  /** In the home folder of the sandbox: caches that a language keeps there. */
  home: string[];
}

/** One way to install: the first whose tool is there is taken. */
interface SetupWay {
  /** Program that must be installed on the server. */
  tool: string;
  command: string;
}

/** How one package manager's projects are recognised and set up. */
export interface Ecosystem {
  /** For people: `npm`. */
  name: string;
  /** Any of these at the root of the tree; the first is taken. */
  locks: string[];
  /** Files that belong to the lock: another content is another set-up. Found anywhere in the tree when without a slash. */
  alsoHashed: string[];
  ways: SetupWay[];
  /** What to do when no tool of `ways` is there. */
  remedy: string;
  folders: DependencyFolders;
  /** Hosts that the set-up may reach. */
  domains: string[];
  /** Variables of the set-up. */
  setupEnv: Record<string, string>;
  /** Variables of the agent's commands, so that they find what was installed and do not look for a network. */
  agentEnv: Record<string, string>;
  /** Folders in `bin` form that come first in the agent's search path. */
  agentPath: string[];
  /** How a checkout's folders are known to be what the lock file says; absent: they are tied to where they lie and never taken over. */
  seed?: "npm" | "pnpm";
}

const npmHosts = ["registry.npmjs.org", "registry.yarnpkg.com", "nodejs.org"];
const pythonHosts = ["pypi.org", "files.pythonhosted.org"];
const javaHosts = ["repo.maven.apache.org", "repo1.maven.org", "plugins.gradle.org", "services.gradle.org", "downloads.gradle.org"];
const quietNpm = { npm_config_audit: "false", npm_config_fund: "false", npm_config_update_notifier: "false", npm_config_progress: "false" };
const noFolders: DependencyFolders = { named: [], tree: [], home: [] };
const nodeFolders: DependencyFolders = { ...noFolders, named: ["node_modules"] };
const venv = {
  folders: { ...noFolders, tree: [".venv"] },
  domains: pythonHosts,
  setupEnv: { PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1" },
  agentEnv: { VIRTUAL_ENV: "/workspace/.venv" },
  agentPath: ["/workspace/.venv/bin"],
};
const corepack = { COREPACK_ENABLE_DOWNLOAD_PROMPT: "0" };
const corepackHome = ".cache/node/corepack";
const intoVenv = (install: string): string => `python3 -m venv .venv && ${install}`;

/** In the order in which they are looked for: the more exact lock file of one language first. */
export const ecosystems: readonly Ecosystem[] = [
  {
    name: "npm",
    locks: ["package-lock.json", "npm-shrinkwrap.json"],
    alsoHashed: [".npmrc"],
    ways: [{ tool: "npm", command: "npm ci" }],
    remedy: "Install npm on the server.",
    folders: nodeFolders,
    domains: npmHosts,
    setupEnv: quietNpm,
    agentEnv: {},
    agentPath: [],
    seed: "npm",
  },
  {
    name: "pnpm",
    locks: ["pnpm-lock.yaml"],
    alsoHashed: ["pnpm-workspace.yaml", ".npmrc"],
    ways: [
      { tool: "pnpm", command: "pnpm install --frozen-lockfile" },
      { tool: "corepack", command: "corepack pnpm install --frozen-lockfile" },
    ],
    remedy: "Install pnpm or corepack on the server: npm install --global corepack.",
    folders: { ...nodeFolders, home: [corepackHome] },
    domains: npmHosts,
    // Hard links into a store of its own would tie files of different packages together.
    setupEnv: { ...corepack, npm_config_package_import_method: "copy" },
    agentEnv: corepack,
    agentPath: [],
    seed: "pnpm",
  },
  {
    name: "Yarn",
    locks: ["yarn.lock"],
    alsoHashed: [".yarnrc", ".yarnrc.yml", ".npmrc"],
    ways: [
      { tool: "yarn", command: "yarn install --frozen-lockfile" },
      { tool: "corepack", command: "corepack yarn install --frozen-lockfile" },
    ],
    remedy: "Install yarn or corepack on the server: npm install --global corepack.",
    folders: { named: ["node_modules"], tree: [".yarn/cache", ".yarn/unplugged", ".pnp.cjs", ".pnp.loader.mjs"], home: [corepackHome] },
    domains: [...npmHosts, "repo.yarnpkg.com"],
    setupEnv: { ...corepack, YARN_ENABLE_GLOBAL_CACHE: "false", YARN_ENABLE_TELEMETRY: "0" },
    agentEnv: corepack,
    agentPath: [],
  },
  {
    name: "Bun",
    locks: ["bun.lock", "bun.lockb"],
    alsoHashed: ["bunfig.toml"],
    ways: [{ tool: "bun", command: "bun install --frozen-lockfile" }],
    remedy: "Install bun on the server, in /usr/local/bin.",
    folders: nodeFolders,
    domains: npmHosts,
    setupEnv: {},
    agentEnv: {},
    agentPath: [],
  },
  {
    name: "uv",
    locks: ["uv.lock"],
    alsoHashed: [".python-version"],
    ways: [{ tool: "uv", command: "uv sync --frozen" }],
    remedy: "Install uv on the server, in /usr/local/bin.",
    ...venv,
    setupEnv: { UV_LINK_MODE: "copy", UV_PYTHON_DOWNLOADS: "never" },
  },
  {
    name: "Poetry",
    locks: ["poetry.lock"],
    alsoHashed: ["poetry.toml"],
    ways: [
      { tool: "poetry", command: "poetry install --no-interaction" },
      { tool: "python3", command: intoVenv(".venv/bin/pip install poetry && .venv/bin/poetry install --no-interaction") },
    ],
    remedy: "Install Python 3 with venv on the server: apt-get install python3-venv.",
    ...venv,
    setupEnv: { ...venv.setupEnv, POETRY_VIRTUALENVS_IN_PROJECT: "true" },
  },
  {
    name: "Pipenv",
    locks: ["Pipfile.lock"],
    alsoHashed: [],
    ways: [
      { tool: "pipenv", command: "pipenv sync --dev" },
      { tool: "python3", command: intoVenv(".venv/bin/pip install pipenv && .venv/bin/pipenv sync --dev") },
    ],
    remedy: "Install Python 3 with venv on the server: apt-get install python3-venv.",
    ...venv,
    setupEnv: { ...venv.setupEnv, PIPENV_VENV_IN_PROJECT: "1" },
  },
  {
    name: "pip",
    locks: ["requirements.txt"],
    alsoHashed: ["requirements-dev.txt", "constraints.txt"],
    ways: [{ tool: "python3", command: intoVenv(".venv/bin/pip install -r requirements.txt") }],
    remedy: "Install Python 3 with venv on the server: apt-get install python3-venv.",
    ...venv,
  },
  {
    name: "Go",
    locks: ["go.sum"],
    alsoHashed: ["go.mod"],
    ways: [{ tool: "go", command: "go mod download" }],
    remedy: "Install Go on the server: apt-get install golang-go.",
    folders: { ...noFolders, home: ["go/pkg/mod"] },
    domains: ["proxy.golang.org", "sum.golang.org", "storage.googleapis.com"],
    setupEnv: { GOTOOLCHAIN: "local" },
    agentEnv: { GOPROXY: "off", GOTOOLCHAIN: "local" },
    agentPath: [],
  },
  {
    name: "Cargo",
    locks: ["Cargo.lock"],
    alsoHashed: ["rust-toolchain.toml", "rust-toolchain"],
    ways: [{ tool: "cargo", command: "cargo fetch --locked" }],
    remedy: "Install Cargo on the server: apt-get install cargo.",
    folders: { ...noFolders, home: [".cargo/registry", ".cargo/git"] },
    domains: ["index.crates.io", "static.crates.io", "crates.io"],
    setupEnv: {},
    agentEnv: { CARGO_NET_OFFLINE: "true" },
    agentPath: [],
  },
  {
    name: "Gradle",
    locks: ["gradle.lockfile", "build.gradle", "build.gradle.kts"],
    alsoHashed: ["settings.gradle", "settings.gradle.kts", "libs.versions.toml", "gradle-wrapper.properties"],
    ways: [
      { tool: "java", command: "if [ -x gradlew ]; then ./gradlew --no-daemon dependencies; else gradle --no-daemon dependencies; fi" },
    ],
    remedy: "Install a JDK on the server: apt-get install default-jdk-headless.",
    folders: { ...noFolders, home: [".gradle/caches", ".gradle/wrapper"] },
    domains: javaHosts,
    setupEnv: {},
    agentEnv: {},
    agentPath: [],
  },
  {
    name: "Maven",
    locks: ["pom.xml"],
    alsoHashed: ["maven-wrapper.properties"],
    ways: [{ tool: "mvn", command: "mvn --batch-mode dependency:go-offline" }],
    remedy: "Install Maven on the server: apt-get install maven.",
    folders: { ...noFolders, home: [".m2/repository"] },
    domains: javaHosts,
    setupEnv: {},
    agentEnv: { MAVEN_ARGS: "--offline" },
    agentPath: [],
  },
  {
    name: "Composer",
    locks: ["composer.lock"],
    alsoHashed: [],
    ways: [{ tool: "composer", command: "composer install --no-interaction --no-progress" }],
    remedy: "Install Composer on the server: apt-get install composer.",
    folders: { ...noFolders, tree: ["vendor"] },
    domains: ["repo.packagist.org", "packagist.org", "api.github.com", "codeload.github.com"],
    setupEnv: {},
    agentEnv: {},
    agentPath: [],
  },
  {
    name: "Bundler",
    locks: ["Gemfile.lock"],
    alsoHashed: [".ruby-version"],
    ways: [{ tool: "bundle", command: "bundle install" }],
    remedy: "Install Bundler on the server: apt-get install bundler.",
    folders: { ...noFolders, tree: ["vendor/bundle"] },
    domains: ["rubygems.org", "index.rubygems.org"],
    setupEnv: { BUNDLE_PATH: "vendor/bundle", BUNDLE_FROZEN: "true" },
    agentEnv: { BUNDLE_PATH: "vendor/bundle" },
    agentPath: [],
  },
];
