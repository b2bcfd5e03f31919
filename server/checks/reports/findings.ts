import { z } from "zod";
import { parseJson } from "@/lib/parse-json";
import { firstCharacters } from "@/lib/run/plain-text";
import { stripAnsi } from "@/lib/strip-ansi";
import { MAX_REPORT_LENGTH, relativePath } from "./test-report";

/** One complaint of a linter or a type checker. */
export interface Finding {
  file: string;
  /** From 1; 0 where it concerns the file as a whole. */
  line: number;
  /** `no-undef`, `TS2322`, `F401`; `syntax` where a file could not be parsed. */
  rule: string;
  severity: "error" | "warning";
  message: string;
}

export interface FindingsReport {
  findings: readonly Finding[];
  /** Why it is not whole, for people. */
  problem?: string;
}

const MAX_FINDINGS = 50_000;
const text = z.string().nullish().catch(null);
const lineNumber = z.number().int().min(0).catch(0);

const eslintFileSchema = z.object({ filePath: z.string(), messages: z.array(z.unknown()).catch([]) });
const eslintMessageSchema = z.object({ ruleId: text, severity: z.number().catch(2), line: lineNumber, message: text });

/** ESLint's JSON (`--format json`). */
export function parseEslintJson(json: string): FindingsReport {
  const parsed = z.array(z.unknown()).safeParse(readable(json));
  if (!parsed.success) return { findings: [], problem: "The report is no JSON of ESLint." };
  return collect(
    parsed.data.flatMap((item) => {
      const file = eslintFileSchema.safeParse(item).data;
      return (file?.messages ?? []).flatMap((message): Finding[] => {
        const { data } = eslintMessageSchema.safeParse(message);
        if (data === undefined || file === undefined) return [];
        const severity = data.severity === 1 ? "warning" : "error";
        return [{ file: file.filePath, line: data.line, rule: data.ruleId ?? "syntax", severity, message: data.message ?? "" }];
      });
    }),
  );
}

const ruffSchema = z.object({ code: text, filename: z.string(), message: text, location: z.object({ row: lineNumber }).catch({ row: 0 }) });

/** Ruff's JSON (`--output-format json`): https://docs.astral.sh/ruff. It has no severities. */
export function parseRuffJson(json: string): FindingsReport {
  const parsed = z.array(z.unknown()).safeParse(readable(json));
  if (!parsed.success) return { findings: [], problem: "The report is no JSON of Ruff." };
  return collect(
    parsed.data.flatMap((item): Finding[] => {
      const { data } = ruffSchema.safeParse(item);
      if (data === undefined) return [];
      return [
        { file: data.filename, line: data.location.row, rule: data.code ?? "syntax", severity: "error", message: data.message ?? "" },
      ];
    }),
  );
}

/** `file(line,column): error TS1: …`, or with `--pretty` `file:line:column - error TS1: …`; without a file for the project as a whole. */
const TSC_LINE = /^(?:(.+?)(?:\((\d+),\d+\):|:(\d+):\d+ -) )?(error|warning) (TS\d+): (.*)$/;

/** What `tsc` prints. */
export function parseTsc(output: string): FindingsReport {
  if (output.length > MAX_REPORT_LENGTH) return { findings: [], problem: "The output of tsc is too long to be read." };
  return collect(
    stripAnsi(output)
      .split("\n")
      .flatMap((line): Finding[] => {
        // The expression is not linear in long lines; nothing of tsc's is that long.
        const found = TSC_LINE.exec(line.slice(0, 4_000));
        if (found === null) return [];
        const [, file = "", inParentheses, afterColon, severity, rule = "", message = ""] = found;
        return [
          { file, line: Number(inParentheses ?? afterColon ?? 0), rule, severity: severity === "warning" ? "warning" : "error", message },
        ];
      }),
  );
}

function readable(json: string): unknown {
  return json.length > MAX_REPORT_LENGTH ? undefined : parseJson(json);
}

/** Bounded, relative to the tree and free of escapes. */
export function collect(found: readonly Finding[]): FindingsReport {
  const findings = found.slice(0, MAX_FINDINGS).map(({ file, line, rule, severity, message }) => ({
    file: firstCharacters(relativePath(stripAnsi(file)), 500),
    line,
    rule: firstCharacters(stripAnsi(rule), 100),
    severity,
    message: firstCharacters(stripAnsi(message), 1_000),
  }));
  return found.length > MAX_FINDINGS ? { findings, problem: `Only the first ${MAX_FINDINGS} findings were read.` } : { findings };
}
