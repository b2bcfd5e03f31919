import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectChecks } from "./detect-checks";

/** Each check as `kind: command (from)`. */
function detected(files: Record<string, string>): string[] {
  return detectChecks(Object.keys(files), (path) => files[path]).map(({ kind, command, from }) => `${kind}: ${command} (${from})`);
}
const packageJson = (value: object): string => JSON.stringify(value);

describe("detectChecks", () => {
  it("takes scripts by their usual names, run by the package manager of the lock file", () => {
    const scripts = {
      test: "vitest run",
      "test:cov": "vitest --coverage",
      lint: "eslint .",
      typecheck: "tsc",
      build: "vite build",
      deploy: "rm -rf /",
    };
    expect(detected({ "package.json": packageJson({ scripts }), "pnpm-lock.yaml": "" })).toEqual([
      "test: pnpm run test (package.json)",
      "lint: pnpm run lint (package.json)",
      "types: pnpm run typecheck (package.json)",
      "build: pnpm run build (package.json)",
      "coverage: pnpm run test:cov (package.json)",
    ]);
    const only = packageJson({ scripts: { test: "jest" }, packageManager: "yarn@4.5.0" });
    expect(detected({ "package.json": only })).toEqual(["test: yarn run test (package.json)"]);
    expect(detected({ "package.json": only, "package-lock.json": "" })).toEqual(["test: npm run test (package.json)"]);
    expect(detected({ "package.json": only, "bun.lockb": "" })).toEqual(["test: bun run test (package.json)"]);
  });

  it("leaves out scripts that do nothing or never end", () => {
    const scripts = { test: 'echo "Error: no test specified" && exit 1', unit: "jest --watch", lint: "  ", build: "tsc -w" };
    expect(detected({ "package.json": packageJson({ scripts }) })).toEqual([]);
    expect(detected({ "package.json": packageJson({ scripts: { test: "jest --watch", "test:unit": "jest" } }) })).toEqual([
      "test: npm run test:unit (package.json)",
    ]);
  });

  it("takes a type checker and a linter that are set up without a script", () => {
    const manifest = packageJson({ devDependencies: { typescript: "6", eslint: "9" } });
    expect(detected({ "package.json": manifest, "tsconfig.json": "", "eslint.config.mjs": "", "yarn.lock": "" })).toEqual([
      "types: yarn run tsc --noEmit (tsconfig.json)",
      "lint: yarn run eslint . (package.json)",
    ]);
    expect(detected({ "package.json": manifest, "packages/a/tsconfig.json": "" })).toEqual([]);
  });

  it("knows Python's tools by their configuration", () => {
    expect(detected({ "pyproject.toml": "[tool.pytest.ini_options]\n[tool.ruff.lint]\n[tool.mypy]\n" })).toEqual([
      "test: pytest (pyproject.toml)",
      "lint: ruff check . (pyproject.toml)",
      "types: mypy . (pyproject.toml)",
    ]);
    expect(detected({ "tox.ini": "", "setup.cfg": "[flake8]\n" })).toEqual(["test: tox (tox.ini)", "lint: flake8 (setup.cfg)"]);
    expect(detected({ "noxfile.py": "", "requirements-dev.txt": "pytest==9\n" })).toEqual(["test: pytest (requirements-dev.txt)"]);
    expect(detected({ "setup.py": "", "shop/test_a.py": "" })).toEqual(["test: python3 -m unittest discover (setup.py)"]);
  });

  it("knows Go, Cargo, Maven, Gradle and Composer", () => {
    expect(detected({ "go.mod": "" })).toEqual([
      "test: go test ./... (go.mod)",
      "lint: go vet ./... (go.mod)",
      "build: go build ./... (go.mod)",
    ]);
    expect(detected({ "Cargo.toml": "[workspace]\n", "clippy.toml": "" })).toEqual([
      "test: cargo test --no-fail-fast --workspace (Cargo.toml)",
      "lint: cargo clippy --all-targets --workspace (clippy.toml)",
      "types: cargo check --all-targets --workspace (Cargo.toml)",
      "build: cargo build --workspace (Cargo.toml)",
    ]);
    expect(detected({ "pom.xml": "", mvnw: "" })[0]).toBe("test: sh ./mvnw --batch-mode test (pom.xml)");
    expect(detected({ "settings.gradle.kts": "" })[0]).toBe("test: gradle --no-daemon test --continue (settings.gradle.kts)");
    expect(detected({ "composer.json": packageJson({ scripts: { lint: ["phpcs", "php-cs-fixer"] } }), "phpunit.xml.dist": "" })).toEqual([
      "test: vendor/bin/phpunit (phpunit.xml.dist)",
      "lint: composer run-script lint (composer.json)",
    ]);
  });

  it("takes Make's targets for what nothing else checks", () => {
    const Makefile = ".PHONY: test lint\nGO := go\ntest: build\n\tgo test\nlint vet:\n\tx\nbuild::\n\ty\ntypecheck := 1\n";
    expect(detected({ Makefile })).toEqual(["test: make test (Makefile)", "lint: make lint (Makefile)", "build: make build (Makefile)"]);
    expect(detected({ Makefile, "package.json": packageJson({ scripts: { test: "jest" } }) })).toEqual([
      "test: npm run test (package.json)",
      "lint: make lint (Makefile)",
      "build: make build (Makefile)",
    ]);
  });

  it("finds both of a project in two languages, and gives each check an id of its own", () => {
    const checks = detectChecks(["package.json", "go.mod"], () => packageJson({ scripts: { test: "jest" } }));
    expect(checks.filter(({ kind }) => kind === "test").map(({ id }) => id)).toEqual(["npm:test", "go:test"]);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });

  it("takes nothing from manifests that are none, nor script names into a shell", () => {
    for (const manifest of ["", "[]", "{", '{"scripts": 1}', '{"scripts": {"__proto__": "x", "test": {}, "lint": 3}}', "null"]) {
      expect(detected({ "package.json": manifest, "composer.json": manifest })).toEqual([]);
    }
    expect(detected({ "package.json": packageJson({ scripts: { "test; curl evil": "jest" } }) })).toEqual([]);
    expect(detected({ Makefile: `${"a ".repeat(300_000)}\n`, "package.json": `{"a":"${"x".repeat(2_000_000)}"}` })).toEqual([]);
  });

  it("finds this project's own", () => {
    const root = new URL("../../", import.meta.url);
    const files = ["package.json", "package-lock.json", "tsconfig.json"];
    const checks = detectChecks(files, (path) => readFileSync(new URL(path, root), "utf8"));
    expect(checks.map(({ command }) => command)).toEqual(["npm run test", "npm run lint", "npm run typecheck", "npm run build"]);
  });
});
