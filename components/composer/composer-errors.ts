import { MAX_PROMPT_LENGTH } from "@/lib/protocol/bounds";
import type { CreateRunRequest, Problem } from "@/lib/protocol/http";
import { readAddress } from "@/lib/protocol/repository-address";
import type { Limits } from "@/lib/run/events";
import { variationLetter } from "@/lib/run/select";
import type { Draft, DraftLimits } from "./draft-store";
import { configOf } from "./line-up-entry";

/** What is wrong, at the place where it can be put right. */
export interface ComposerErrors {
  repository?: string;
  base?: string;
  prompt?: string;
  lineUp?: string;
  pictures?: string;
  /** By variation. */
  variations?: Record<number, string>;
  limits?: Partial<Record<keyof DraftLimits, string>>;
  /** What belongs to no field. */
  form?: string;
}

/** Of each variation, as the API names them. */
const limitNames = ["turns", "minutes", "dollars"] as const;

/** The request that a draft stands for, or what is missing in it. `gitHosts`: see `readAddress`. */
export function requestOf(draft: Draft, gitHosts: readonly string[]): { request: CreateRunRequest } | { errors: ComposerErrors } {
  const errors: ComposerErrors = {};
  const repository = draft.repository.trim();
  const address = readAddress(repository, gitHosts);
  if (repository === "") errors.repository = "Pick a repository, or give its address.";
  else if ("refusal" in address) errors.repository = address.refusal;
  errors.prompt = refusePrompt(draft.prompt);
  if (errors.prompt === undefined) delete errors.prompt;
  const limits = limitsOf(draft.limits);
  if ("errors" in limits) errors.limits = limits.errors;
  if (Object.keys(errors).length > 0 || "errors" in limits) return { errors };
  const base = draft.base.trim();
  return {
    request: {
      github_url: repository,
      prompt: draft.prompt,
      line_up: draft.lineUp.map(configOf),
      ...(base === "" ? {} : { base }),
      ...(Object.keys(limits.limits).length === 0 ? {} : { agent_config: { limits: limits.limits } }),
      ...(limits.runDollars === undefined ? {} : { max_dollars: limits.runDollars }),
      ...(draft.pictures.length === 0 ? {} : { images: draft.pictures.map(({ data }) => ({ data })) }),
    },
  };
}

function refusePrompt(prompt: string): string | undefined {
  if (prompt.trim() === "") return "The prompt is empty: say what should change.";
  const beyond = prompt.length - MAX_PROMPT_LENGTH;
  if (beyond <= 0) return undefined;
  return `The prompt is ${beyond.toLocaleString("en-US")} characters too long: shorten it, or put the material into a file of the repository.`;
}

function limitsOf(
  typed: DraftLimits,
): { limits: Limits; runDollars: number | undefined } | { errors: NonNullable<ComposerErrors["limits"]> } {
  const limits: Limits = {};
  const errors: NonNullable<ComposerErrors["limits"]> = {};
  for (const name of limitNames) {
    const text = typed[name].trim();
    if (text === "") continue;
    const value = Number(text);
    const refusal = refuseLimit(name, value);
    if (refusal === undefined) limits[name] = value;
    else errors[name] = refusal;
  }
  const cap = typed.runDollars.trim();
  const runDollars = cap === "" ? undefined : Number(cap);
  const refusal = runDollars === undefined ? undefined : refuseLimit("runDollars", runDollars);
  if (refusal !== undefined) errors.runDollars = refusal;
  return Object.keys(errors).length > 0 ? { errors } : { limits, runDollars };
}

function refuseLimit(name: keyof DraftLimits, value: number): string | undefined {
  if (name === "turns") return Number.isInteger(value) && value >= 1 && value <= 500 ? undefined : "Give a whole number from 1 to 500.";
  const most = name === "minutes" ? 24 * 60 : 10_000;
  return value > 0 && value <= most ? undefined : `Give a number above 0, ${most.toLocaleString("en-US")} at most.`;
}

/** The API's answer, sorted by field; what has no field here stays with the form. */
export function errorsOf(problem: Problem): ComposerErrors {
  const sorted: ComposerErrors = {};
  for (const { field, message } of problem.errors ?? []) place(sorted, field, message);
  if (Object.keys(sorted).length === 0) sorted.form = problem.detail;
  return sorted;
}

/** What still holds: whoever has changed a field since it was refused has seen what was wrong with it. */
export function standingErrors(errors: ComposerErrors, refused: Draft, draft: Draft): ComposerErrors {
  const { repository, base, prompt, lineUp, limits, pictures } = draft;
  const same = {
    repository: repository === refused.repository,
    base: base === refused.base,
    prompt: prompt === refused.prompt,
    lineUp: lineUp === refused.lineUp,
    pictures: pictures === refused.pictures,
    limits: limits === refused.limits,
  };
  return {
    repository: same.repository ? errors.repository : undefined,
    base: same.base ? errors.base : undefined,
    prompt: same.prompt ? errors.prompt : undefined,
    pictures: same.pictures ? errors.pictures : undefined,
    variations: same.lineUp ? errors.variations : undefined,
    lineUp: same.lineUp ? errors.lineUp : undefined,
    limits: same.limits ? errors.limits : undefined,
    form: Object.values(same).every(Boolean) ? errors.form : undefined,
  };
}

/** The errors of the whole line-up as one text; a variation's own begins with its letter. */
export function lineUpText({ lineUp, variations }: ComposerErrors): string | undefined {
  const own = Object.entries(variations ?? {}).map(([variation, message]) => `${variationLetter(Number(variation))}: ${message}`);
  return [...(lineUp === undefined ? [] : [lineUp]), ...own].join(" ") || undefined;
}

function place(errors: ComposerErrors, field: string, message: string): void {
  const parts = field.split(".");
  const limit = limitNames.find((name) => parts.includes("limits") && parts.at(-1) === name);
  if (limit !== undefined) errors.limits = { ...errors.limits, [limit]: message };
  else if (field === "github_url" || field === "project_id") errors.repository = message;
  else if (field === "base") errors.base = message;
  else if (field === "prompt") errors.prompt = message;
  else if (field === "max_dollars") errors.limits = { ...errors.limits, runDollars: message };
  else if (parts[0] === "images") errors.pictures = message;
  else if (parts[0] === "line_up" && parts.length > 1) errors.variations = { ...errors.variations, [Number(parts[1])]: message };
  else if (["line_up", "variations", "agent_config"].includes(parts[0] ?? "")) errors.lineUp = message;
  else errors.form = message;
}
