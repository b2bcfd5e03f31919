import { text } from "node:stream/consumers";
import type { AgentConfig, CreateRunRequest } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { quoted } from "./command";
import { usageError } from "./exit-codes";

export interface RunOptions {
  prompt?: string;
  variations?: string;
  agent?: string;
  model?: string;
  base?: string;
  "max-dollars"?: string;
  minutes?: string;
}

/** The request without its repository. `fromInput`: the prompt is what standard input holds. Throws a usage error that names the option. */
export async function readRequest(options: RunOptions, fromInput: boolean): Promise<Omit<CreateRunRequest, "github_url">> {
  if (fromInput && options.prompt !== undefined) throw usageError("Give either --prompt or -, not both.");
  const prompt = fromInput ? (await text(process.stdin)).trimEnd() : options.prompt;
  if (prompt === undefined) throw usageError('Say what should change: --prompt "…", or - to read it from standard input.');
  if (prompt.trim() === "") throw usageError("The prompt is empty: say what should change.");
  return { prompt, base: options.base, max_dollars: maxDollars(options), ...lineUp(options), ...limits(options) };
}

function lineUp(options: RunOptions): Pick<CreateRunRequest, "variations" | "line_up"> {
  const agents = list("--agent", options.agent);
  const models = list("--model", options.model);
  const asked = options.variations === undefined ? undefined : wholeNumber("-n", options.variations);
  const longest = Math.max(agents.length, models.length);
  if (longest === 0) return { variations: asked };
  const count = asked ?? (longest > 1 ? longest : 3);
  const at = (option: string, values: string[], index: number): string | undefined => {
    if (values.length > 1 && values.length !== count) {
      throw usageError(`${option} names ${values.length}, and there are ${count} variations: name one for all, or one for each.`);
    }
    return values.length > 1 ? values[index] : values[0];
  };
  const entries = Array.from({ length: count }, (_, index): AgentConfig => {
    return { agent: at("--agent", agents, index), model: at("--model", models, index) };
  });
  return { line_up: entries };
}

function limits(options: RunOptions): Pick<CreateRunRequest, "agent_config"> {
  const { minutes } = options;
  return minutes === undefined ? {} : { agent_config: { limits: { minutes: amount("--minutes", minutes) } } };
}

function maxDollars({ "max-dollars": given }: RunOptions): number | undefined {
  return given === undefined ? undefined : amount("--max-dollars", given);
}

function list(option: string, given: string | undefined): string[] {
  if (given === undefined) return [];
  const values = given.split(",").map((value) => value.trim());
  if (values.includes("")) throw usageError(`${option} ${quoted(given)} has an empty name in it: names are separated by single commas.`);
  if (values.length > MAX_VARIATIONS) throw usageError(`${option} names ${values.length}: a run has ${MAX_VARIATIONS} variations at most.`);
  return values;
}

function wholeNumber(option: string, given: string): number {
  const value = Number(given);
  if (Number.isInteger(value) && value >= 1 && value <= MAX_VARIATIONS) return value;
  throw usageError(`${option} ${quoted(given)}: give a whole number from 1 to ${MAX_VARIATIONS}.`);
}

function amount(option: string, given: string): number {
  const value = given.trim() === "" ? Number.NaN : Number(given);
  if (Number.isFinite(value) && value > 0) return value;
  throw usageError(`${option} ${quoted(given)}: give a number above 0.`);
}
