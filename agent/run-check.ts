import { spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { CHECK_JOB_FILE, CHECK_REPORTER_FILE, CHECK_REPORTS_FOLDER, type CheckMeta, checkJobSchema } from "@/lib/protocol/check-job";
import { collectReports } from "./checks/collect-reports";
import { failingFiles } from "./checks/failing-files";
import { pytestCoverage } from "./checks/pytest-coverage";
import { reportVariables, writeShims } from "./checks/runner-shims";

/**
 * The program that runs one check inside a sandbox: the project's command with report files asked for, then, where tests failed, those test
 * files once more, so that flaky ones can be told. What it leaves in the reports folder the server reads as the work of a stranger.
 */
const job = checkJobSchema.parse(JSON.parse(readFileSync(CHECK_JOB_FILE, "utf8")));
const MAX_KEPT_OUTPUT = 16 * 1024 * 1024;
/** More than these are no flaky tests. */
const MOST_AGAIN = 50;
const began = performance.now();
const pytestCov = job.coverage === "none" ? "none" : pytestCoverage(process.cwd());
const path = writeShims({ folder: "/tmp/check-programs", node: process.execPath, reporter: CHECK_REPORTER_FILE }, process.env.PATH ?? "");

const first = await runOnce("first", { coverage: job.coverage, only: job.only ?? [], again: false });
if (job.coverage !== "none" && pytestCov === "none" && existsSync(join(reportsOf("first"), "pytest.junit.xml"))) {
  process.stderr.write("\n— covered lines were not measured: pytest-cov is not installed beside this pytest —\n");
}
const meta: CheckMeta = { code: first, durationMs: Math.round(performance.now() - began) };
const failed = job.again && first !== 0 ? failingFiles(reportsOf("first")) : [];
if (failed.length > 0 && failed.length <= MOST_AGAIN) {
  process.stderr.write(`\n— once more, the ${failed.length === 1 ? "file" : `${failed.length} files`} with failing tests —\n`);
  meta.againCode = await runOnce("again", { coverage: "none", only: failed, again: true });
}
writeFileSync(join(CHECK_REPORTS_FOLDER, "meta.json"), JSON.stringify(meta));
process.exit(first);

function reportsOf(name: string): string {
  return join(CHECK_REPORTS_FOLDER, name);
}

async function runOnce(name: string, options: Parameters<typeof reportVariables>[1]): Promise<number> {
  const reports = reportsOf(name);
  mkdirSync(reports, { recursive: true });
  const started = Date.now();
  const code = await runCommand(reports, {
    ...process.env,
    PATH: path,
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    ...reportVariables(reports, { ...options, pytestCov }),
  });
  collectReports(process.cwd(), reports, started);
  return code;
}

function runCommand(reports: string, env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve) => {
    // Through one pipe: only then does what cargo says of a target stand in front of the results that the target prints.
    const child = spawn("/bin/bash", ["-c", `exec 2>&1\n${job.command}`], { stdio: ["ignore", "pipe", "pipe"], env });
    const kept = createWriteStream(join(reports, "output.txt"));
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      process.stderr.write(chunk);
      bytes += chunk.length;
      if (bytes <= MAX_KEPT_OUTPUT) kept.write(chunk);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const end = (code: number): void => {
      kept.end(() => resolve(code));
    };
    child.once("error", (error) => {
      process.stderr.write(`${error.message}\n`);
      end(126);
    });
    // Not `close`: what it left in the background may hold the pipes open for ever.
    child.once("exit", (code, signal) => setTimeout(end, 50, code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}
