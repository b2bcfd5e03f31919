import { createCaseList, MAX_CASES, MAX_GROUP_NAME, MAX_GROUPS, MAX_NAME, type TestCase, type TestReport, tooLong } from "./test-report";

const RESULT = /^(not )?ok\b(?: +\d+)?(?: *-)? *(.*)$/s;
const INDENT = 4;

/**
 * The Test Anything Protocol, versions 13 and 14 (https://testanything.org), with subtests. Of the YAML under a result only the few keys are read
 * that matter here, line by line: a YAML parser is more than a hostile file should get.
 */
export function parseTap(text: string): TestReport {
  const refused = tooLong(text);
  if (refused !== undefined) return refused;
  /** Results whose parent has not come yet, by depth: a parent is reported after its children. */
  const waiting: TestCase[][] = [];
  let problem: string | undefined;
  let last: TestCase | undefined;
  const lines = text.split(/\r?\n/);
  // One more than are kept, so that the report says so.
  for (let [at, read] = [0, 0]; at < lines.length && read <= MAX_CASES; at += 1) {
    const line = lines[at] ?? "";
    const indent = line.length - line.trimStart().length;
    const result = RESULT.exec(line.trimStart());
    // Deeper ones are taken as if they stood there.
    if (result !== null) {
      read += 1;
      last = place(waiting, Math.min(Math.floor(indent / INDENT), MAX_GROUPS), caseOf(result));
    } else if (line.trim() === "---") at = readDetails(lines, at, indent, last);
    else if (line.trimStart().startsWith("Bail out!")) problem = `The runner gave up: ${line.trimStart().slice("Bail out!".length).trim()}`;
  }
  const cases = createCaseList();
  for (const found of waiting.flat()) cases.add(found);
  return cases.report(problem);
}

/** Puts a result among those of its depth; returns the case that details are about, undefined for a parent that its children speak for. */
function place(waiting: TestCase[][], depth: number, found: TestCase): TestCase | undefined {
  while (waiting.length <= depth) waiting.push([]);
  const children = waiting.splice(depth + 1).flat();
  for (const child of children) child.name = `${found.name.slice(0, MAX_GROUP_NAME)} > ${child.name}`;
  const own = waiting[depth] ?? [];
  // One by one: there may be more than fit an argument list.
  for (const child of children) own.push(child);
  const told = children.length > 0 && (found.status !== "failed" || children.some(({ status }) => status === "failed"));
  if (told) return undefined;
  own.push(found);
  return found;
}

function caseOf([, not, rest = ""]: RegExpExecArray): TestCase {
  const directive = /(?<!\\)#\s*(skip|todo)\S*\s*(.*)$/is.exec(rest);
  const name = (directive === null ? rest : rest.slice(0, directive.index))
    .slice(0, MAX_NAME)
    .replace(/\\([#\\])/g, "$1")
    .trim();
  if (directive !== null) return { name, status: "skipped", message: directive[2] };
  return { name, status: not === undefined ? "passed" : "failed" };
}

/** From `---` to `...`; returns the line where that is. Where it is missing, the details end with the first line that stands further left. */
function readDetails(lines: readonly string[], start: number, indent: number, found: TestCase | undefined): number {
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line.trim() === "...") return at;
    if (line.trim() !== "" && line.length - line.trimStart().length < indent) return at - 1;
    const [, key, value = ""] = /^ *(\w+): ?(.*)$/.exec(line) ?? [];
    if (found === undefined || line.search(/\S/) !== indent) continue;
    if (key === "duration_ms") found.durationMs = Number(value);
    else if (key === "location") found.file ??= unquoted(value).replace(/:\d+(:\d+)?$/, "");
    else if ((key === "error" || key === "message") && found.status === "failed") found.message ??= messageOf(value, lines, at, indent);
  }
  return lines.length;
}

/** A quoted text, or a block (`|-`) on the lines below. */
function messageOf(value: string, lines: readonly string[], at: number, indent: number): string {
  if (!/^[|>][-+]?$/.test(value)) return unquoted(value);
  const block: string[] = [];
  for (const line of lines.slice(at + 1, at + 200)) {
    if (line.trim() !== "" && line.search(/\S/) <= indent) break;
    block.push(line.slice(indent + 2));
  }
  return block.join("\n");
}

function unquoted(value: string): string {
  const [, single, double] = /^(?:'(.*)'|"(.*)")$/.exec(value) ?? [];
  return single?.replaceAll("''", "'") ?? double?.replace(/\\(["\\])/g, "$1") ?? value;
}
