import { readXml } from "./read-xml";
import { MAX_REPORT_LENGTH, relativePath } from "./test-report";

/** How often each line ran, by path and line (from 1). Lines that cannot run are not in it. */
export interface CoverageReport {
  files: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Why it is not whole, for people. */
  problem?: string;
}

const MAX_FILES = 50_000;
const MAX_LINES = 4_000_000;
const MAX_PATH = 1_000;
export const TOO_LONG = `The coverage report has more than ${MAX_REPORT_LENGTH / 1024 / 1024} MB.`;

/** The tracefile of lcov (geninfo(1)): `SF` opens a file, `DA` gives a line's count, the rest is not needed here. */
export function parseLcov(text: string): CoverageReport {
  if (text.length > MAX_REPORT_LENGTH) return { files: new Map(), problem: TOO_LONG };
  const lines = createLineCounts();
  for (const line of text.split("\n")) {
    if (line.startsWith("SF:")) lines.open(line.slice(3).trim());
    else if (line.startsWith("end_of_record")) lines.close();
    else if (line.startsWith("DA:")) {
      const [number, hits] = line.slice(3, 100).split(",");
      lines.add(Number(number), Number(hits));
    }
  }
  return lines.report(text.trim() !== "" && lines.isEmpty() ? "There is no lcov record in it." : undefined);
}

/**
 * Cobertura's XML (coverage-04.dtd), as coverage.py, PHPUnit, Coverlet and others write it. Several classes of one file are added up. Its document
 * type is allowed for nowhere else: it is taken out before reading, since it is where entities come from.
 */
export function parseCobertura(xml: string): CoverageReport {
  if (xml.length > MAX_REPORT_LENGTH) return { files: new Map(), problem: TOO_LONG };
  const lines = createLineCounts();
  let source = "";
  let inSource = false;
  let inMethods = false;
  const problem = readXml(withoutDoctype(xml), {
    open(name, attributes) {
      if (name === "source") [inSource, source] = [true, ""];
      if (name === "class") lines.open(pathBelow(source, attributes.get("filename") ?? ""));
      // Lines stand below their method and once more below their class.
      if (name === "methods") inMethods = true;
      if (name === "line" && !inMethods) lines.add(Number(attributes.get("number")), Number(attributes.get("hits")));
    },
    text(text) {
      if (inSource && source.length < MAX_PATH) source += text.slice(0, MAX_PATH);
    },
    close(name) {
      if (name === "source") inSource = false;
      if (name === "methods") inMethods = false;
      if (name === "class") lines.close();
    },
  });
  return lines.report(problem);
}

/** Only the plain reference to Cobertura's own; one with declarations in it stays and is refused. */
function withoutDoctype(xml: string): string {
  return xml.replace(/^(\s*(?:<\?xml[^>]*\?>)?\s*)<!DOCTYPE\s+coverage\s+(?:SYSTEM|PUBLIC)\s+(?:"[^"]*"|'[^']*'|\s)+>/, "$1");
}

function pathBelow(source: string, file: string): string {
  if (file.startsWith("/") || !source.startsWith("/")) return file;
  return `${source.trim().replace(/\/+$/, "")}/${file}`;
}

/** Collects counts of lines, file by file: bounded. */
export function createLineCounts() {
  const files = new Map<string, Map<number, number>>();
  let counts: Map<number, number> | undefined;
  let count = 0;
  let full = false;
  return {
    isEmpty: () => files.size === 0,
    /** What is added from here on belongs to this file. */
    open(path: string): void {
      const key = relativePath(path.slice(0, MAX_PATH));
      counts = files.get(key);
      if (key === "" || counts !== undefined) return;
      full ||= files.size >= MAX_FILES;
      if (!full) files.set(key, (counts = new Map()));
    },
    close(): void {
      counts = undefined;
    },
    add(line: number, hits: number): void {
      if (counts === undefined || !Number.isSafeInteger(line) || line < 1 || !Number.isFinite(hits) || hits < 0) return;
      const before = counts.get(line);
      full ||= before === undefined && count >= MAX_LINES;
      if (before === undefined && !full) count += 1;
      if (before !== undefined || !full) counts.set(line, (before ?? 0) + hits);
    },
    report(problem: string | undefined): CoverageReport {
      const why = full ? `Only ${MAX_FILES} files and ${MAX_LINES} lines of coverage were read.` : problem;
      return why === undefined ? { files } : { files, problem: why };
    },
  };
}
