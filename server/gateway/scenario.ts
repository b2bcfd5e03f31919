import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ApiError } from "./api-error";
import { type Condition, type Scenario, type Step, scenarioSchema } from "./scenario-schema";

/** What conditions and placeholders can refer to. */
export interface Moment {
  /** Index of the variation. */
  variation: number;
  /** The model's turn, from 0. */
  turn: number;
  /** Which follow-up is answered, from 1; 0: the prompt. */
  followUp?: number;
  /** What the person asked for: the prompt, or the follow-up's message. */
  prompt: string;
  /** What the tools answered to the last turn. */
  results: readonly { ok: boolean; text: string }[];
}

/** The scenario of this name, read anew each time so that it can be edited between calls. Errors name the file, the field and the remedy. */
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
  return parseScenario(text, file);
}

/** The scenario in this text; `file` is how errors call it. Throws an `ApiError` that says where it is wrong. */
export function parseScenario(text: string, file: string): Scenario {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refusal(`The scenario ${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const parsed = scenarioSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = issue?.message.replace(/\.$/, "");
  throw refusal(
    `The scenario ${file} is wrong at ${issue?.path.join(".") || "its top"}: ${message}. The format is described in docs/scripts.md.`,
  );
}

/** What variation `index` says in its turn `turn` of a follow-up (0: of the prompt); undefined past the last one. */
export function stepsOf({ variations, default: rest }: Scenario, index: number, turn: number, followUp = 0): Step[] | undefined {
  const part = variations[index] ?? rest;
  // The last one that is written down answers all later ones; with none, the turns of the prompt do.
  const followUps = part?.followUps ?? [];
  const turns = followUp === 0 ? part?.turns : (followUps[followUp - 1] ?? followUps.at(-1) ?? part)?.turns;
  let left = turn;
  for (const { times, steps } of turns ?? []) {
    if (left < times) return steps;
    left -= times;
  }
  return undefined;
}

/** True when all that the condition names is so. */
export function holds(condition: Condition | undefined, { variation, prompt, results }: Moment): boolean {
  if (condition === undefined) return true;
  const { prompt: asked, result, failed, variations } = condition;
  if (asked !== undefined && !new RegExp(asked, "i").test(prompt)) return false;
  if (result !== undefined && !results.some(({ text }) => new RegExp(result, "i").test(text))) return false;
  if (failed !== undefined && results.some(({ ok }) => !ok) !== failed) return false;
  return variations === undefined || variations.some((letter) => letter === letterOf(variation));
}

/**
 * Fills `{{variation}}`, `{{letter}}` and `{{lower}}` into every string of a value, and `{{turn}}`, `{{prompt}}` and `{{result}}` where the
 * moment is known; anything else in double braces stays as it is.
 */
export function fillIn<T>(value: T, index: number, moment?: Moment): T;
export function fillIn(value: unknown, index: number, moment?: Moment): unknown {
  if (typeof value === "string") {
    const letter = letterOf(index);
    const values: Record<string, string | undefined> = {
      variation: String(index),
      letter,
      lower: letter.toLowerCase(),
      turn: moment === undefined ? undefined : String(moment.turn + 1),
      prompt: moment?.prompt,
      result: moment?.results.map(({ text }) => text).join("\n"),
    };
    return value.replace(/\{\{(variation|letter|lower|turn|prompt|result)\}\}/g, (whole, name: string) => values[name] ?? whole);
  }
  if (Array.isArray(value)) return value.map((item) => fillIn<unknown>(item, index, moment));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn<unknown>(item, index, moment)]));
}

function letterOf(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

function refusal(message: string): ApiError {
  return new ApiError(400, "invalid_request_error", message);
}
