import type { AddedFile } from "@/lib/diff/added-lines";
import type { NamedFinding } from "@/lib/run/check-events";

interface Pattern {
  rule: string;
  /** Of the file's name. */
  files: RegExp;
  /** Linear: no repetition within a repetition. */
  line: RegExp;
  message: string;
}

const SCRIPTS = /\.[cm]?[jt]sx?$/;
const PYTHON = /\.py$/;
const ANY = /./;

/** What is worth a second look in a change, whoever wrote it. Warnings: each may be right where it stands. */
const patterns: readonly Pattern[] = [
  { rule: "risk/eval", files: SCRIPTS, line: /\b(eval|new Function)\s*\(/, message: "Runs text as code." },
  { rule: "risk/eval", files: PYTHON, line: /(^|[^.\w])(eval|exec)\s*\(/, message: "Runs text as code." },
  {
    rule: "risk/shell",
    files: PYTHON,
    line: /\bshell\s*=\s*True\b|\bos\.system\s*\(/,
    message: "Starts a shell: text that gets into the command is run.",
  },
  { rule: "risk/shell", files: SCRIPTS, line: /\bexec(Sync)?\s*\(\s*`/, message: "Puts text into a shell's command." },
  {
    rule: "risk/tls-off",
    files: ANY,
    line: /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|verify\s*=\s*False|InsecureSkipVerify\s*:\s*true/,
    message: "Switches the check of certificates off.",
  },
  { rule: "risk/html", files: SCRIPTS, line: /dangerouslySetInnerHTML|\.innerHTML\s*=/, message: "Puts text into the page as HTML." },
  {
    rule: "risk/deserialize",
    files: PYTHON,
    line: /\bpickle\.loads?\s*\(|\byaml\.load\s*\(/,
    message: "Reads a format that can run code.",
  },
  {
    rule: "risk/pipe-to-shell",
    files: ANY,
    line: /\b(curl|wget)\b[^|]{0,300}\|\s*(sudo\s+)?(ba|z)?sh\b/,
    message: "Runs what it fetches.",
  },
  {
    rule: "risk/test-off",
    files: SCRIPTS,
    line: /\b(it|test|describe)\.(only|skip)\s*\(|\bx(it|describe)\s*\(/,
    message: "Leaves tests out, or all others.",
  },
  { rule: "risk/test-off", files: PYTHON, line: /@(pytest\.mark\.(skip|xfail)|unittest\.skip)/, message: "Leaves a test out." },
  {
    rule: "risk/check-off",
    files: ANY,
    line: /@ts-(ignore|nocheck)|eslint-disable(?!-next-line\s+[\w@/-]+\s+--)|#\s*type:\s*ignore|#\s*noqa\b/,
    message: "Switches a check off.",
  },
];
/** Nobody writes longer lines by hand. */
const LONGEST = 2_000;

export function riskyPatterns({ path, lines }: AddedFile): NamedFinding[] {
  const own = patterns.filter(({ files }) => files.test(path));
  return lines.flatMap(({ number, text }) =>
    text.length > LONGEST
      ? []
      : own
          .filter(({ line }) => line.test(text))
          .map(({ rule, message }): NamedFinding => ({ file: path, line: number, rule, severity: "warning", message })),
  );
}
