import type { DetectedCheck, ProjectTree } from "./detected-check";

/** The first file that says that a tool is in use: it exists, or has a section of this kind. */
type Sign = { file: string; section?: RegExp };

const pyproject = (table: string): Sign => ({ file: "pyproject.toml", section: new RegExp(`^\\s*\\[+tool\\.${table}[\\].]`, "m") });
const setupCfg = (section: string): Sign => ({ file: "setup.cfg", section: new RegExp(`^\\[${section}\\]`, "m") });
const mentions = (file: string): Sign => ({ file, section: /\bpytest\b/ });

const pytestSigns: Sign[] = [
  { file: "pytest.ini" },
  { file: ".pytest.ini" },
  pyproject("pytest"),
  setupCfg("tool:pytest"),
  { file: "conftest.py" },
  { file: "tests/conftest.py" },
  mentions("pyproject.toml"),
  mentions("requirements-dev.txt"),
  mentions("requirements.txt"),
  mentions("Pipfile"),
  mentions("setup.cfg"),
  mentions("setup.py"),
];
const linters: [Sign[], string][] = [
  [[{ file: "ruff.toml" }, { file: ".ruff.toml" }, pyproject("ruff")], "ruff check ."],
  [[{ file: ".flake8" }, setupCfg("flake8")], "flake8"],
  [[{ file: ".pylintrc" }, { file: "pylintrc" }, pyproject("pylint")], "pylint --recursive=y ."],
];
const checkers: [Sign[], string][] = [
  [[{ file: "mypy.ini" }, { file: ".mypy.ini" }, pyproject("mypy"), setupCfg("mypy")], "mypy ."],
  [[{ file: "pyrightconfig.json" }, pyproject("pyright")], "pyright"],
];

/** pytest rather than nox or tox, which make environments of their own and want a network for it. */
export function detectPythonChecks(tree: ProjectTree): DetectedCheck[] {
  const runners: [Sign[], string][] = [
    [pytestSigns, "pytest"],
    [[{ file: "noxfile.py" }], "nox"],
    [[{ file: "tox.ini" }, setupCfg("tox:tox"), pyproject("tox")], "tox"],
  ];
  const checks = [...first(tree, "test", runners), ...first(tree, "lint", linters), ...first(tree, "types", checkers)];
  if (checks.some(({ kind }) => kind === "test") || !isPython(tree) || !tree.some(/(^|\/)(test_[^/]*|[^/]*_test)\.py$/)) return checks;
  const from = isPython(tree) ?? "";
  return [{ id: "python:test", kind: "test", command: "python3 -m unittest discover", from }, ...checks];
}

function isPython(tree: ProjectTree): string | undefined {
  return ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"].find((file) => tree.has(file));
}

function first(tree: ProjectTree, kind: "test" | "lint" | "types", tools: readonly [Sign[], string][]): DetectedCheck[] {
  for (const [signs, command] of tools) {
    const sign = signs.find(({ file, section }) => (section === undefined ? tree.has(file) : section.test(tree.read(file) ?? "")));
    if (sign !== undefined) return [{ id: `python:${kind}`, kind, command, from: sign.file }];
  }
  return [];
}
