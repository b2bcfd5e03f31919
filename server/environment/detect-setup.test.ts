import { describe, expect, it } from "vitest";
import { detectSetup, neededTools } from "./detect-setup";
import { blobId, setupHash } from "./setup-hash";

const all = new Set(neededTools());
const listing = (...paths: string[]) => paths.map((path, at) => ({ path, blob: String(at).padStart(40, "0") }));

describe("detecting a set-up", () => {
  it.each([
    ["package-lock.json", "npm ci"],
    ["pnpm-lock.yaml", "pnpm install --frozen-lockfile"],
    ["yarn.lock", "yarn install --frozen-lockfile"],
    ["bun.lock", "bun install --frozen-lockfile"],
    ["uv.lock", "uv sync --frozen"],
    ["poetry.lock", "poetry install --no-interaction"],
    ["Pipfile.lock", "pipenv sync --dev"],
    ["requirements.txt", "python3 -m venv .venv && .venv/bin/pip install -r requirements.txt"],
    ["go.sum", "go mod download"],
    ["Cargo.lock", "cargo fetch --locked"],
    ["pom.xml", "mvn --batch-mode dependency:go-offline"],
    ["composer.lock", "composer install --no-interaction --no-progress"],
    ["Gemfile.lock", "bundle install"],
  ])("knows %s", (lock, command) => {
    const setup = detectSetup(listing("README.md", lock), all);
    expect(setup?.command).toBe(command);
    expect(setup?.locks).toEqual([lock]);
    expect(setup?.domains.length).toBeGreaterThan(0);
    const { named = [], tree = [], home = [] } = setup?.folders ?? {};
    expect([...named, ...tree, ...home].length).toBeGreaterThan(0);
  });

  it("finds nothing where no lock file is at the root", () => {
    expect(detectSetup(listing("package.json", "docs/package-lock.json"), all)).toBeUndefined();
  });

  it("takes the way whose tool is there, and says what to install when none is", () => {
    const files = listing("pnpm-lock.yaml");
    expect(detectSetup(files, new Set(["corepack"]))?.command).toBe("corepack pnpm install --frozen-lockfile");
    const none = detectSetup(files, new Set(["npm"]));
    expect(none?.command).toBeUndefined();
    expect(none?.missing).toContain("Install pnpm or corepack");
  });

  it("sets up two languages, and one package manager of each", () => {
    const setup = detectSetup(listing("package-lock.json", "yarn.lock", "requirements.txt", "uv.lock"), all);
    expect(setup?.command).toBe("(npm ci) && (uv sync --frozen)");
    expect(setup?.folders).toEqual({ named: ["node_modules"], tree: [".venv"], home: [] });
    expect(setup?.seed).toBeUndefined();
  });

  it("fetches nothing that the repository brings along", () => {
    expect(detectSetup(listing("go.sum", "go.mod", "vendor/modules.txt"), all)).toBeUndefined();
  });

  it("makes another hash of another lock file, command or machine, and of nothing else", () => {
    const before = detectSetup(listing("package-lock.json", "src/a.js", "packages/b/.npmrc"), all);
    const hash = (over: object = {}): string =>
      setupHash({ command: "npm ci", hashed: before?.hashed ?? [], platform: "linux-x64", nodeVersion: "20.1.0", ...over });
    expect(before?.hashed.map(({ path }) => path)).toEqual(["package-lock.json", "packages/b/.npmrc"]);
    expect(hash({ nodeVersion: "20.9.1" })).toBe(hash());
    const changed = [{ path: "package-lock.json", blob: "f".repeat(40) }];
    const others = [hash({ hashed: changed }), hash({ command: "npm install" }), hash({ platform: "linux-arm64" })];
    expect(new Set([hash(), ...others]).size).toBe(4);
    // git hash-object of "one\n"
    expect(blobId(Buffer.from("one\n"))).toBe("5626abf0f72e58d7a153368ba57db4c673c0e171");
  });
});
