import type { CreateRunRequest, Problem } from "@/lib/protocol/http";
import type { Limits } from "@/lib/run/events";
import { variationLetter } from "@/lib/run/select";
import type { Draft, DraftLimits } from "./draft-store";

/** What is wrong, at the place where it can be put right. */
export interface ComposerErrors {
  repository?: string;
  base?: string;
  prompt?: string;
  lineUp?: string;
  /** By variation. */
  models?: Record<number, string>;
  limits?: Partial<Record<keyof DraftLimits, string>>;
  /** What belongs to no field. */
  form?: string;
}

export const limitNames = ["turns", "minutes", "dollars"] as const;

/** The request that a draft stands for, or what is missing in it. */
export function requestOf(draft: Draft): { request: CreateRunRequest } | { errors: ComposerErrors } {
  const errors: ComposerErrors = {};
  const repository = draft.repository.trim();
  if (repository === "") errors.repository = "Pick a repository, or give its address.";
  if (draft.prompt.trim() === "") errors.prompt = "The prompt is empty: say what should change.";
  const limits = limitsOf(draft.limits);
  if ("errors" in limits) errors.limits = limits.errors;
  if (Object.keys(errors).length > 0 || "errors" in limits) return { errors };
  const base = draft.base.trim();
  return {
    request: {
      github_url: repository,
      prompt: draft.prompt,
      line_up: draft.models.map((model) => ({ model })),
      ...(base === "" ? {} : { base }),
      ...(Object.keys(limits.limits).length === 0 ? {} : { agent_config: { limits: limits.limits } }),
    },
  };
}

function limitsOf(typed: DraftLimits): { limits: Limits } | { errors: NonNullable<ComposerErrors["limits"]> } {
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
  return Object.keys(errors).length > 0 ? { errors } : { limits };
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
  const { repository, base, prompt, models, limits } = draft;
  const same = {
    repository: repository === refused.repository,
    base: base === refused.base,
    prompt: prompt === refused.prompt,
    models: models === refused.models,
    limits: limits === refused.limits,
  };
  return {
    repository: same.repository ? errors.repository : undefined,
    base: same.base ? errors.base : undefined,
    prompt: same.prompt ? errors.prompt : undefined,
    models: same.models ? errors.models : undefined,
    lineUp: same.models ? errors.lineUp : undefined,
    limits: same.limits ? errors.limits : undefined,
    form: Object.values(same).every(Boolean) ? errors.form : undefined,
  };
}

/** The errors of the whole line-up as one text; a variation's own begins with its letter. */
export function lineUpText({ lineUp, models }: ComposerErrors): string | undefined {
  const own = Object.entries(models ?? {}).map(([variation, message]) => `${variationLetter(Number(variation))}: ${message}`);
  return [...(lineUp === undefined ? [] : [lineUp]), ...own].join(" ") || undefined;
}

function place(errors: ComposerErrors, field: string, message: string): void {
  const parts = field.split(".");
  const limit = limitNames.find((name) => parts.includes("limits") && parts.at(-1) === name);
  if (limit !== undefined) errors.limits = { ...errors.limits, [limit]: message };
  else if (field === "github_url" || field === "project_id") errors.repository = message;
  else if (field === "base") errors.base = message;
  else if (field === "prompt") errors.prompt = message;
  else if (parts[0] === "line_up" && parts.length > 1) errors.models = { ...errors.models, [Number(parts[1])]: message };
  else if (["line_up", "variations", "agent_config"].includes(parts[0] ?? "")) errors.lineUp = message;
  else errors.form = message;
}
