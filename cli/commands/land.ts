import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { landVariation, previewLanding } from "@/lib/client/api";
import type { LandingResponse, LandPreviewResponse, LandRequest } from "@/lib/protocol/landing";
import { type LandingKind, landingKinds } from "@/lib/run/bounds";
import { sourceName } from "@/lib/run/select";
import { type Command, defineCommand, jsonOption, type OptionSpecs, quoted, serverOptions } from "../command";
import { type Console } from "../console";
import { exitCodes, usageError } from "../exit-codes";
import { findServer } from "../find-server";
import { count } from "../plain-lines";
import { resolveRun, sourceNamed } from "../run-reference";
import { inert, oneLine, painter } from "../terminal/text";

const landOptions = {
  kind: { type: "string", short: "k", value: "<kind>", description: "branch (of the run; otherwise so), checkout, push or pull-request" },
  variation: { type: "string", value: "<letter>", description: "Any variation with a tree, or composition-1; the winner otherwise" },
  branch: { type: "string", short: "b", value: "<name>", description: "Name of the branch that is made" },
  message: { type: "string", value: "<text>", description: "Commit message; trailers are added" },
  author: { type: "string", value: "<Ada <ada@x.org>>", description: "Who the commit is by; git's user.name and user.email otherwise" },
  checkout: { type: "string", value: "<folder>", description: "checkout: which; the run's own repository otherwise" },
  mode: { type: "string", value: "<mode>", description: "checkout: commit (otherwise so), worktree (staged changes) or branch" },
  "no-switch": { type: "boolean", description: "checkout, mode branch: make it without checking it out" },
  "allow-filters": { type: "boolean", description: "checkout: the change may name filters that run a program of yours" },
  rebase: { type: "boolean", description: "Bring the work onto the newest commit first" },
  onto: { type: "string", value: "<branch>", description: "Which branch's newest, and the pull request's base" },
  update: { type: "boolean", description: "push, pull-request: replace what an earlier landing pushed there" },
  title: { type: "string", value: "<text>", description: "pull-request: its title" },
  body: { type: "string", value: "<text>", description: "pull-request: its text" },
  draft: { type: "boolean", description: "pull-request: as a draft" },
  preview: { type: "boolean", description: "Say what it would do and meet; change nothing" },
  ...jsonOption,
  ...serverOptions,
} as const satisfies OptionSpecs;

/** Options of one kind or some; the others go with every kind. */
const kindsOf: Partial<Record<keyof typeof landOptions, readonly LandingKind[]>> = {
  checkout: ["checkout"],
  mode: ["checkout"],
  "no-switch": ["checkout"],
  "allow-filters": ["checkout"],
  onto: ["branch", "push", "pull_request"],
  update: ["push", "pull_request"],
  title: ["pull_request"],
  body: ["pull_request"],
  draft: ["pull_request"],
};

type Given = { [K in keyof typeof landOptions]?: (typeof landOptions)[K]["type"] extends "boolean" ? boolean : string };

export const land: Command = defineCommand({
  name: "land",
  summary: "Bring a variation or a composition to where you work: a branch, your checkout, a push, a pull request",
  usage: "<run> [--kind <kind>] [--variation <letter>] [--preview] [options]",
  details: "Ends with 4 when something stands in the way; --preview does so too.",
  options: landOptions,
  words: { least: 1, most: 1 },
  async run({ options, words: [reference = ""], terminal }) {
    const kind = kindOf(options);
    const author = options.author === undefined ? undefined : authorOf(options.author);
    findServer(options, terminal);
    const run = await resolveRun(reference, terminal);
    const source = options.variation === undefined ? {} : sourceNamed(options.variation, run);
    const what = { variation_id: source.winner, composition: source.composition };
    const request = { ...requestOf(kind, options, terminal), author, ...what } as LandRequest;
    if (options.preview === true) {
      const preview = await previewLanding(run.run_id, request);
      terminal.out(options.json === true ? `${JSON.stringify(preview)}\n` : previewText(preview, terminal));
      return preview.blockers.length === 0 ? exitCodes.ok : exitCodes.refused;
    }
    const landed = await landVariation(run.run_id, request, randomUUID());
    terminal.out(options.json === true ? `${JSON.stringify(landed)}\n` : landedText(landed));
    return landed.status === "failed" ? exitCodes.failed : exitCodes.ok;
  },
});

function kindOf(options: Given): LandingKind {
  const given = (options.kind ?? "branch").replace("-", "_");
  const kind = landingKinds.find((known) => known === given);
  if (kind === undefined) throw usageError(`--kind ${quoted(options.kind ?? "")}: give branch, checkout, push or pull-request.`);
  for (const [option, kinds] of Object.entries(kindsOf)) {
    if (options[option as keyof Given] === undefined || kinds.includes(kind)) continue;
    throw usageError(
      `--${option} does not go with --kind ${plainKind(kind)}, but with ${kinds.map(plainKind).join(" and ")}: leave it out.`,
    );
  }
  return kind;
}

function plainKind(kind: LandingKind): string {
  return kind.replace("_", "-");
}

/** Only what was given: the server's own values stand for the rest. */
function requestOf(kind: LandingKind, options: Given, { cwd }: Console): Record<string, unknown> {
  const { branch, message, mode, onto, title, body, rebase, update, draft } = options;
  return {
    kind,
    branch,
    message,
    mode,
    onto,
    title,
    body,
    rebase,
    update,
    draft,
    checkout: options.checkout === undefined ? undefined : resolve(cwd, options.checkout),
    switch: options["no-switch"] === true ? false : undefined,
    allow_filters: options["allow-filters"],
  };
}

function authorOf(text: string): { name: string; email: string } {
  const [, name, email] = /^\s*([^<>]+?)\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text) ?? [];
  if (name === undefined || email === undefined)
    throw usageError(`--author ${quoted(text)}: write it as "Ada Lovelace <ada@example.com>".`);
  return { name, email };
}

function nameOf({ variation_id, composition }: Pick<LandingResponse, "variation_id" | "composition">): string {
  return sourceName({ winner: variation_id ?? undefined, composition: composition ?? undefined });
}

function previewText(preview: LandPreviewResponse, { colour }: Console): string {
  const { kind, place, branch, files, message, author, moved, rebases, conflicts, blockers, warnings } = preview;
  const paint = painter(colour);
  const rows = [
    `${nameOf(preview)} → ${plainKind(kind)}: ${oneLine(place)}${branch === null ? "" : `, branch ${oneLine(branch)}`}, ${count(files, "file")}`,
    `message   ${oneLine(message.split("\n")[0] ?? "")}`,
    `author    ${author === null ? "nobody yet" : oneLine(`${author.name} <${author.email}>`)}`,
    ...(moved === null
      ? []
      : [`moved     ${count(moved.total, "commit")} since the run's base${rebases ? "; the work is brought onto them" : ""}`]),
    ...conflicts.map(({ path, message: words }) => `${paint("conflict", "warn")}  ${oneLine(path)}: ${oneLine(words)}`),
    ...warnings.map((words) => `${paint("warning", "warn")}   ${oneLine(words)}`),
    ...blockers.map(
      (one) =>
        `${paint("blocked", "bad")}   ${oneLine(`${one.message} ${one.remedy}`)}${one.paths.map((path) => `\n            ${inert(path)}`).join("")}`,
    ),
  ];
  return `${rows.join("\n")}\n`;
}

function landedText(landing: LandingResponse): string {
  const { kind, place, branch, commit, url, notes, next, failure } = landing;
  if (failure !== null) return `failed  ${inert(`${failure.message} ${failure.remedy}`)}\n`;
  const where = [place, branch === null ? null : `branch ${branch}`, commit?.slice(0, 10) ?? null, url].filter((part) => part !== null);
  const rows = [
    `${nameOf(landing)} landed (${plainKind(kind)}): ${oneLine(where.join(", "))}`,
    ...notes.map(oneLine),
    ...(next === null ? [] : [`next      ${oneLine(next)}`]),
  ];
  return `${rows.join("\n")}\n`;
}
