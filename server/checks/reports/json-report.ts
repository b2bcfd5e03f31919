import { z } from "zod";
import { parseJson } from "@/lib/parse-json";
import { createCaseList, relativePath, type TestReport, type TestStatus, tooLong } from "./test-report";

const text = z.string().nullish().catch(null);
const fileSchema = z.object({ name: text, status: text, message: text, assertionResults: z.array(z.unknown()).catch([]) });
const caseSchema = z.object({
  fullName: text,
  ancestorTitles: z.array(z.string()).catch([]),
  title: text,
  status: text,
  duration: z.number().nullish().catch(null),
  failureMessages: z.array(z.string()).nullish().catch(null),
});
const reportSchema = z.object({ testResults: z.array(z.unknown()) });

const statuses = new Map<string, TestStatus>([
  ["passed", "passed"],
  ["failed", "failed"],
  ["pending", "skipped"],
  ["skipped", "skipped"],
  ["todo", "skipped"],
  ["disabled", "skipped"],
]);

/** The JSON of Jest (`--json`), which Vitest writes as well (`--reporter=json`). */
export function parseJestJson(json: string): TestReport {
  const refused = tooLong(json);
  if (refused !== undefined) return refused;
  const report = reportSchema.safeParse(parseJson(json));
  if (!report.success) return { cases: [], problem: "The report is no JSON of Jest or Vitest." };
  const cases = createCaseList();
  for (const item of report.data.testResults) {
    const file = fileSchema.safeParse(item).data;
    if (file === undefined) continue;
    const name = file.name ?? undefined;
    // A file that could not be loaded has no tests.
    if (file.assertionResults.length === 0 && file.status === "failed") {
      cases.add({ name: relativePath(name ?? ""), file: name, status: "errored", message: file.message ?? undefined });
    }
    for (const result of file.assertionResults) {
      const found = caseSchema.safeParse(result).data;
      if (found === undefined) continue;
      const titled = [...found.ancestorTitles, found.title ?? ""].filter((title) => title !== "").join(" > ");
      const added = cases.add({
        name: titled === "" ? (found.fullName ?? "") : titled,
        file: name,
        status: statuses.get(found.status ?? "") ?? "errored",
        message: found.failureMessages?.join("\n"),
        durationMs: found.duration ?? undefined,
      });
      if (!added) break;
    }
  }
  return cases.report();
}
