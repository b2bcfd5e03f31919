import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const CONFIGURATIONS = ["pytest.ini", ".pytest.ini", "pyproject.toml", "setup.cfg", "tox.ini"];
const PROBE_MS = 20_000;

/** Whether pytest-cov is there for the `pytest` of the search path, and whether the tree's own settings already ask for it. */
export function pytestCoverage(tree: string): "none" | "asked" | "there" {
  const asks = CONFIGURATIONS.some((name) => /--cov\b/.test(textOf(join(tree, name))));
  // An option that a plugin knows is in the help; to import it would ask another Python than pytest's.
  const { stdout } = spawnSync("pytest", ["--help", "-p", "no:cacheprovider"], { encoding: "utf8", timeout: PROBE_MS, cwd: "/tmp" });
  if (!String(stdout ?? "").includes("--cov-report")) return "none";
  return asks ? "asked" : "there";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
