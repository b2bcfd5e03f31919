import { readFileSync } from "node:fs";
import { z } from "zod";

/** What the server writes for a sandbox: variables of the project, and folders that come first in the search path. */
const environmentSchema = z.object({ variables: z.record(z.string(), z.string()), path: z.array(z.string()) });

/** Takes over the project's variables, for the commands to come; they come by a file so that they stand in no list of processes. */
export function takeEnvironment(file: string | undefined, env: NodeJS.ProcessEnv = process.env): void {
  if (file === undefined) return;
  const { variables, path } = environmentSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  Object.assign(env, variables);
  if (path.length > 0) env.PATH = [...path, env.PATH ?? ""].join(":");
}
