import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ApiError } from "./api-error";
import { parseJson } from "./parse-json";

const milliseconds = z.number().min(0).max(600_000);
const rhythm = { chunk: z.int().min(1).default(12), delayMs: milliseconds.default(5) };

// Strict, so that a misspelt field is an error and not a step that does something else.
const stepSchema = z.union(
  [
    z.strictObject({ text: z.string(), ...rhythm }),
    z.strictObject({ thinking: z.string(), ...rhythm }),
    z.strictObject({ tool: z.string().min(1), input: z.record(z.string(), z.unknown()), ...rhythm }),
    z.strictObject({
      repeat: z.strictObject({
        text: z.string(),
        times: z.int().min(1).max(1_000_000),
        from: z.int().default(1),
        delayMs: milliseconds.default(5),
      }),
    }),
    z.strictObject({
      error: z.strictObject({
        status: z.int().min(400).max(599),
        times: z.int().min(1).max(1_000_000).default(1),
        type: z.string().optional(),
        message: z.string().optional(),
        retryAfter: z.number().min(0).optional(),
      }),
    }),
    z.strictObject({ cut: z.literal(true) }),
    z.strictObject({ malformed: z.literal(true) }),
    z.strictObject({ hang: z.literal(true) }),
    z.strictObject({ delayMs: milliseconds }),
  ],
  { error: "this is none of the known steps, or has a field that its step does not know" },
);
const turnsSchema = z.strictObject({ turns: z.array(z.strictObject({ steps: z.array(stepSchema) })) });
const scenarioSchema = z
  .strictObject({ variations: z.array(turnsSchema).default([]), default: turnsSchema.optional() })
  .refine(({ variations, default: rest }) => variations.length > 0 || rest !== undefined, {
    error: "give `variations`, `default`, or both",
  });

export type Step = z.infer<typeof stepSchema>;
export type Scenario = z.infer<typeof scenarioSchema>;

/** The scenario of this name, read anew each time so that it can be edited between calls. Errors name the file and the field. */
export async function readScenario(dir: string | undefined, name: string): Promise<Scenario> {
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw refusal(`"${name}" is no name of a scenario: use lower-case letters, digits and hyphens.`);
  }
  if (dir === undefined) throw refusal(`Scripted models need a folder of scenarios: set AIDEATOR_SCRIPTS.`);
  const file = `${name}.json`;
  let text: string;
  try {
    text = await readFile(join(dir, file), "utf8");
  } catch {
    throw refusal(`The scenario ${file} cannot be read: put it into the folder that AIDEATOR_SCRIPTS names.`);
  }
  const value = parseJson(text);
  if (value === undefined) throw refusal(`The scenario ${file} is not JSON.`);
  const parsed = scenarioSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refusal(`The scenario ${file} is wrong at ${issue?.path.join(".") || "its top"}: ${issue?.message}.`);
}

/** What variation `index` says in its turn `turn`; undefined past the last one. */
export function stepsOf({ variations, default: rest }: Scenario, index: number, turn: number): Step[] | undefined {
  return (variations[index] ?? rest)?.turns[turn]?.steps;
}

/** Fills `{{variation}}`, `{{letter}}` and `{{lower}}` into every string of a value. */
export function fillIn<T>(value: T, index: number): T;
export function fillIn(value: unknown, index: number): unknown {
  const letter = String.fromCharCode("A".charCodeAt(0) + index);
  if (typeof value === "string") {
    return value.replaceAll("{{variation}}", String(index)).replaceAll("{{letter}}", letter).replaceAll("{{lower}}", letter.toLowerCase());
  }
  if (Array.isArray(value)) return value.map((item) => fillIn<unknown>(item, index));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn<unknown>(item, index)]));
}

function refusal(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message);
}
