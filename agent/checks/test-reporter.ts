/**
 * A reporter for node:test (https://nodejs.org/docs/latest-v20.x/api/test.html#custom-reporters) that writes what Jest's JSON says: its own
 * JUnit names no files, and a test is known by its file.
 */
interface TestEvent {
  type: string;
  data: {
    name?: string;
    nesting?: number;
    file?: string;
    skip?: unknown;
    todo?: unknown;
    message?: string;
    details?: { duration_ms?: number; type?: string; error?: Error & { failureType?: string; cause?: unknown } };
  };
}
interface FileResult {
  name: string;
  status: "passed" | "failed";
  message: string;
  assertionResults: { ancestorTitles: string[]; title: string; status: string; duration?: number; failureMessages: string[] }[];
}

const MAX_STDERR = 8_000;

export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, FileResult & { stderr: string; open: string[] }>();
  for await (const { type, data } of source) {
    const name = data.file ?? "";
    const file = files.get(name) ?? { name, status: "passed", message: "", stderr: "", open: [], assertionResults: [] };
    if (data.file !== undefined) files.set(name, file);
    if (type === "test:stderr" && file.stderr.length < MAX_STDERR) file.stderr += data.message ?? "";
    else if (type === "test:start") file.open = [...file.open.slice(0, data.nesting), data.name ?? ""];
    else if (type === "test:pass" || type === "test:fail") take(file, type === "test:fail", data);
  }
  yield JSON.stringify({ testResults: [...files.values()].map(({ stderr: _, open: __, ...file }) => file) });
}

function take(file: FileResult & { stderr: string; open: string[] }, failed: boolean, data: TestEvent["data"]): void {
  const { name = "", nesting = 0, details, skip, todo } = data;
  if (failed) file.status = "failed";
  // The file as a whole: it could not be loaded, or ended with an error of its own.
  if (name === file.name) {
    if (failed) file.message = file.stderr || (details?.error?.message ?? "The file failed.");
    return;
  }
  if (details?.type === "suite" && (!failed || details.error?.failureType === "subtestsFailed")) return;
  if (failed && details?.error?.failureType === "subtestsFailed") return;
  const skipped = (skip !== undefined && skip !== false) || (todo !== undefined && todo !== false);
  file.assertionResults.push({
    ancestorTitles: file.open.slice(0, nesting),
    title: name,
    status: skipped ? "skipped" : failed ? "failed" : "passed",
    duration: details?.duration_ms,
    failureMessages: failed ? [messageOf(details?.error)] : [],
  });
}

function messageOf(error: (Error & { cause?: unknown }) | undefined): string {
  const cause = error?.cause ?? error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
