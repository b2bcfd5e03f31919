import { type CoverageReport, createLineCounts, TOO_LONG } from "./coverage-report";
import { MAX_REPORT_LENGTH } from "./test-report";

/** `module/path/file.go:from.column,to.column statements count` (golang.org/x/tools/cover). */
const BLOCK = /^(.{1,1000}):(\d+)\.\d+,(\d+)\.(\d+) \d+ (\d+)$/;
/** A block is part of one function; more lines than that nobody wrote. */
const MOST_LINES = 20_000;

/**
 * The profile that `go test -coverprofile` writes. Blocks that several tests ran, or that share a line, count as often as the one that ran most:
 * a line is missed when nothing of it ever ran. Files are named
 * with their module in front, unless whoever asked for the profile took it away.
 */
export function parseGoCover(text: string): CoverageReport {
  if (text.length > MAX_REPORT_LENGTH) return { files: new Map(), problem: TOO_LONG };
  const files = new Map<string, Map<number, number>>();
  for (const line of text.split("\n")) {
    const [, file, from, to, column, hits] = BLOCK.exec(line) ?? [];
    if (file === undefined) continue;
    const counts = files.get(file) ?? new Map<number, number>();
    files.set(file, counts);
    // A block that ends before its last line's first character does not reach that line.
    const last = Math.min(Number(to) - (Number(column) <= 2 && to !== from ? 1 : 0), Number(from) + MOST_LINES);
    for (let at = Number(from); at <= last; at += 1) counts.set(at, Math.max(counts.get(at) ?? 0, Number(hits)));
  }
  const lines = createLineCounts();
  for (const [file, counts] of files) {
    lines.open(file);
    for (const [at, hits] of counts) lines.add(at, hits);
    lines.close();
  }
  return lines.report(text.trim() !== "" && !/^mode: /.test(text) ? "There is no cover profile of Go in it." : undefined);
}
