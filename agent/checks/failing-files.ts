import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const schema = z.object({ testResults: z.array(z.object({ name: z.string(), status: z.string() })) });

/** Test files of which something failed, as the JSON reports say; for pytest, which knows by itself, one made-up name. */
export function failingFiles(reports: string): string[] {
  const files = new Set<string>();
  for (const name of readdirSync(reports)) {
    if (name.endsWith(".jest.json")) {
      const { data } = schema.safeParse(parsed(join(reports, name)));
      for (const file of data?.testResults ?? []) if (file.status === "failed") files.add(file.name);
    } else if (name === "pytest.junit.xml" || name.endsWith(".jsonl")) files.add("");
  }
  return [...files];
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
