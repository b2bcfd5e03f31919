import { detectMakeChecks } from "./detect-make";
import { detectNodeChecks } from "./detect-node";
import { detectPhpChecks } from "./detect-php";
import { detectPythonChecks } from "./detect-python";
import { type DetectedCheck, MAX_READ, type ProjectTree } from "./detected-check";

/**
 * The checks of a project, from its tree alone: what its own scripts are called, then what its configuration files say that it uses. A language
 * gives at most one check of a kind; Make's targets only stand in for kinds that nothing else has. Pure; nothing is run.
 *
 * @param paths of all files, with `/`.
 * @param read the text of a file of the list; called for a few at the root.
 */
export function detectChecks(paths: readonly string[], read: (path: string) => string | undefined): DetectedCheck[] {
  const known = new Set(paths);
  const tree: ProjectTree = {
    has: (path) => known.has(path),
    read: (path) => (known.has(path) ? read(path)?.slice(0, MAX_READ) : undefined),
    some: (pattern) => paths.some((path) => pattern.test(path)),
  };
  const found = [detectNodeChecks, detectPythonChecks, goChecks, cargoChecks, mavenChecks, gradleChecks, detectPhpChecks].flatMap(
    (detect) => detect(tree),
  );
  const kinds = new Set(found.map(({ kind }) => kind));
  return [...found, ...detectMakeChecks(tree).filter(({ kind }) => !kinds.has(kind))];
}

function goChecks(tree: ProjectTree): DetectedCheck[] {
  const from = "go.mod";
  if (!tree.has(from)) return [];
  const linter = [".golangci.yml", ".golangci.yaml", ".golangci.toml"].find((path) => tree.has(path));
  return [
    { id: "go:test", kind: "test", command: "go test ./...", from },
    linter === undefined
      ? { id: "go:lint", kind: "lint", command: "go vet ./...", from }
      : { id: "go:lint", kind: "lint", command: "golangci-lint run", from: linter },
    { id: "go:build", kind: "build", command: "go build ./...", from },
  ];
}

function cargoChecks(tree: ProjectTree): DetectedCheck[] {
  const from = "Cargo.toml";
  const manifest = tree.read(from);
  if (manifest === undefined) return [];
  const all = /^\s*\[workspace\]/m.test(manifest) ? " --workspace" : "";
  const clippy = ["clippy.toml", ".clippy.toml"].find((path) => tree.has(path));
  return [
    { id: "cargo:test", kind: "test", command: `cargo test --no-fail-fast${all}`, from },
    ...(clippy === undefined
      ? []
      : [{ id: "cargo:lint", kind: "lint" as const, command: `cargo clippy --all-targets${all}`, from: clippy }]),
    { id: "cargo:types", kind: "types", command: `cargo check --all-targets${all}`, from },
    { id: "cargo:build", kind: "build", command: `cargo build${all}`, from },
  ];
}

function mavenChecks(tree: ProjectTree): DetectedCheck[] {
  const from = "pom.xml";
  if (!tree.has(from)) return [];
  const maven = tree.has("mvnw") ? "sh ./mvnw --batch-mode" : "mvn --batch-mode";
  return [
    { id: "maven:test", kind: "test", command: `${maven} test`, from },
    { id: "maven:build", kind: "build", command: `${maven} -DskipTests package`, from },
  ];
}

function gradleChecks(tree: ProjectTree): DetectedCheck[] {
  const from = ["build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"].find((path) => tree.has(path));
  if (from === undefined) return [];
  const gradle = tree.has("gradlew") ? "sh ./gradlew --no-daemon" : "gradle --no-daemon";
  return [
    { id: "gradle:test", kind: "test", command: `${gradle} test --continue`, from },
    { id: "gradle:build", kind: "build", command: `${gradle} assemble`, from },
  ];
}
