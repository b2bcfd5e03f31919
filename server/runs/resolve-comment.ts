import { changesAround } from "@/lib/compare/changes-around";
import { splitLines } from "@/lib/compare/lines";
import type { DraftOrder } from "@/lib/protocol/messages";
import type { Comment, CommentAnchor } from "@/lib/run/comment-schema";
import { variationLetter } from "@/lib/run/select";
import type { RunState, TranscriptItem } from "@/lib/run/state";
import { AppError } from "../app-error";
import type { GitStore } from "../git/git-store";
import { sideCommit } from "./tree-sides";

/** Of lines or of an item that are quoted; beyond it the quote is cut and says so. */
const MOST_QUOTED = 8_000;
/** Of a thread that is told with a reply: so many comments, so many characters of each. */
const MOST_EARLIER = 20;
const MOST_SAID = 2_000;

type Lines = Extract<CommentAnchor, { kind: "lines" }>;
type DraftLines = Extract<DraftOrder["on"], { kind: "lines" }>;

/**
 * A comment with the exact words that it is about, read from the run's own trees and log: what a page shows may be older, and what an agent is
 * told must be true. `field` is where the draft stands in the request. Rejects with `AppError`.
 */
export async function resolveComment(git: GitStore, run: RunState, draft: DraftOrder, field: string): Promise<Omit<Comment, "id">> {
  const { on, text } = draft;
  const reply = draft.reply_to === undefined ? {} : { reply: threadOf(run, draft.reply_to, field) };
  if (on.kind === "item") {
    if (draft.port) throw wrong(`${field}.port`, "Only lines of a variation can be ported.");
    return { on: itemAnchor(run, on, field), text, ...reply };
  }
  const { anchor, content } = await linesAnchor(git, run, on, field);
  if (!draft.port) return { on: anchor, text, ...reply };
  return { on: anchor, text, port: await portOf(git, run, anchor, content, field), ...reply };
}

/** The thread that a comment belongs to, with what was said in it so far. */
function threadOf(run: RunState, id: string, field: string): NonNullable<Comment["reply"]> {
  const all = run.messages.flatMap(({ comments }) => comments);
  const known = all.find((comment) => comment.id === id);
  if (known === undefined) throw wrong(`${field}.reply_to`, "This run has no such comment.");
  const to = known.reply?.to ?? known.id;
  const said = all.filter((comment) => (comment.reply?.to ?? comment.id) === to);
  return { to, earlier: said.slice(-MOST_EARLIER).map(({ text }) => bounded(text.trim() || "Port this change.", MOST_SAID)) };
}

async function linesAnchor(git: GitStore, run: RunState, on: DraftLines, field: string): Promise<{ anchor: Lines; content: string }> {
  const { path, from, to } = on;
  const commit = sideCommit(run, on.at, `${field}.on.at`);
  const content = await textAt(git, run, commit, path);
  if (content === undefined) throw wrong(`${field}.on.path`, `There is no text file ${path} in this tree.`);
  const lines = splitLines(content.text);
  if (to > lines.length) throw wrong(`${field}.on.to`, `${path} has ${lines.length} lines.`);
  const quote = bounded(
    lines
      .slice(from - 1, to)
      .join("")
      .replace(/\r?\n$/, ""),
  );
  const variation = commit === run.base?.commit ? undefined : ownerOf(run, commit);
  return { anchor: { kind: "lines", path, variation, commit, blob: content.blob, from, to, quote }, content: content.text };
}

async function portOf(git: GitStore, run: RunState, anchor: Lines, content: string, field: string): Promise<string> {
  const base = run.base?.commit;
  if (anchor.variation === undefined || base === undefined)
    throw wrong(`${field}.on.at`, "The base has no change to port: give a variation.");
  const { files } = await git.diff(run.runId, base, anchor.commit);
  const file = files.find(({ path }) => path === anchor.path);
  const before = file?.status === "added" ? undefined : await textAt(git, run, base, file?.oldPath ?? anchor.path);
  const change = file === undefined ? undefined : changesAround(before?.text ?? "", content, anchor.from, anchor.to);
  if (change === undefined) throw wrong(`${field}.on`, "These lines are as in the base: there is no change to port.");
  const old = before === undefined ? "/dev/null" : `a/${file?.oldPath ?? anchor.path}`;
  return bounded(`--- ${old}\n+++ b/${anchor.path}\n${change}`, 4 * MOST_QUOTED);
}

async function textAt(git: GitStore, run: RunState, commit: string, path: string): Promise<{ blob: string; text: string } | undefined> {
  const plain = !path.includes("\0") && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  const entry = plain ? await git.entryAt(run.runId, commit, path) : undefined;
  if (entry?.type !== "blob") return undefined;
  const { text } = await git.readBlob(run.runId, entry.blob);
  return text === undefined ? undefined : { blob: entry.blob, text };
}

/** The same tree may be of several; the first that had it counts. */
function ownerOf(run: RunState, commit: string): number | undefined {
  return run.variations.find(({ snapshots }) => snapshots.some((mark) => mark.commit === commit))?.index;
}

function itemAnchor(run: RunState, on: Extract<DraftOrder["on"], { kind: "item" }>, field: string): CommentAnchor {
  const variation = run.variations[on.variation_id];
  if (variation === undefined) throw wrong(`${field}.on.variation_id`, `This run has no variation ${on.variation_id}.`);
  const item = variation.items.find(({ seq }) => seq === on.seq);
  if (item === undefined) {
    throw wrong(`${field}.on.seq`, `Nothing in the transcript of ${variationLetter(variation.index)} begins with event ${on.seq}.`);
  }
  const { title, quote } = itemWords(item);
  return { kind: "item", variation: variation.index, seq: on.seq, title, quote: bounded(quote.trim()) };
}

function itemWords(item: TranscriptItem): { title: string; quote: string } {
  switch (item.kind) {
    case "text":
    case "thinking":
      return { title: item.kind === "text" ? "it said" : "it thought", quote: item.text };
    case "tool":
      return { title: `${item.tool}: ${item.title}`.slice(0, 300), quote: item.output === "" ? item.title : item.output };
    case "message":
      return { title: "a message to it", quote: item.messages.map(({ text }) => text).join("\n\n") };
    case "attempt":
      return { title: "an attempt", quote: `Attempt ${item.attempt + 1}` };
    case "notice":
    case "log":
      return { title: item.kind, quote: item.text };
  }
}

/** Beginning and end of what is too long. */
function bounded(text: string, limit = MOST_QUOTED): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`;
}

function wrong(field: string, message: string): AppError {
  return new AppError("bad_request", message, [{ field, message }]);
}
