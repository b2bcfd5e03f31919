import { StringDecoder } from "node:string_decoder";

/** Characters of one line; the rest of the line is dropped and said so. An agent's own lines stay far below. */
export const LINE_LIMIT = 1_000_000;
/** Characters of lines that are not the agent's JSON: a program's noise must not fill the disk. */
export const RAW_LIMIT = 8_000_000;
/** Characters in all. */
export const SPOOL_LIMIT = 512_000_000;
/** Beyond `SPOOL_LIMIT`, only for the agent's last word: without it finished work would look like a crash. */
const LAST_WORD_RESERVE = 1_000_000;
const LAST_WORD = /^\{(?:"n":\d+,)?"type":"agent\.(?:finished|failed)"/;

/** Bytes of the sandbox's two outputs → whole, bounded lines of the spool. */
export interface SpoolLines {
  push(stream: "stdout" | "stderr", chunk: Buffer): string[];
  /** The last lines, when the outputs have ended. */
  end(): string[];
  /** Characters in memory: two lines at most, however much was pushed. */
  held(): number;
}

interface Partial {
  decoder: StringDecoder;
  text: string;
  /** Characters of the current line beyond the limit. */
  dropped: number;
}

/** What went beyond one limit. */
interface Excess {
  limit: number;
  characters: number;
  /** What its first note said. */
  told: number;
}

/**
 * Splits, numbers by order, bounds. Standard output is passed on as it is; each line of standard error becomes a `log.line` event. What is
 * dropped is replaced by `output.truncated` events: of one long line, after its kept part; of a limit in all, once when it begins (with what
 * was dropped by then) and once at the end with the total, when that is more.
 * @param spoolLimit characters in all; only a test gives another
 */
export function createSpoolLines(spoolLimit: number = SPOOL_LIMIT): SpoolLines {
  const partials: Record<"stdout" | "stderr", Partial> = { stdout: newPartial(), stderr: newPartial() };
  const beyondRaw: Excess = { limit: RAW_LIMIT, characters: 0, told: 0 };
  const beyondAll: Excess = { limit: spoolLimit, characters: 0, told: 0 };
  let total = 0;
  let raw = 0;

  function keep(stream: "stdout" | "stderr", { text, dropped }: Partial, lines: string[]): void {
    const own = stream === "stdout" && dropped === 0 && text.startsWith("{");
    // Told once: all noise from there on goes the short way, however fast it comes.
    if (!own && beyondRaw.told > 0) return drop(beyondRaw, text.length + dropped + 1, lines);
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    const kept = stream === "stdout" ? line : JSON.stringify({ type: "log.line", stream, text: line });
    // As written, line end included: empty lines and escapes fill a disk too.
    const cost = kept.length + 1;
    if (!own && raw + cost > RAW_LIMIT) return drop(beyondRaw, text.length + dropped + 1, lines);
    const room = own && LAST_WORD.test(line) ? spoolLimit + LAST_WORD_RESERVE : spoolLimit;
    if (total + cost > room) return drop(beyondAll, text.length + dropped + 1, lines);
    total += cost;
    if (!own) raw += cost;
    lines.push(kept);
    if (dropped > 0) lines.push(truncation(dropped, LINE_LIMIT));
  }

  function take(partial: Partial, text: string): void {
    const room = LINE_LIMIT - partial.text.length;
    partial.text += room >= text.length ? text : text.slice(0, Math.max(0, room));
    if (room < text.length) partial.dropped += text.length - Math.max(0, room);
  }

  function split(stream: "stdout" | "stderr", text: string): string[] {
    const lines: string[] = [];
    const partial = partials[stream];
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      take(partial, text.slice(from, at));
      keep(stream, partial, lines);
      partial.text = "";
      partial.dropped = 0;
      from = at + 1;
    }
    take(partial, text.slice(from));
    return lines;
  }

  return {
    push: (stream, chunk) => split(stream, partials[stream].decoder.write(chunk)),
    end() {
      const lines: string[] = [];
      for (const stream of ["stdout", "stderr"] as const) {
        const partial = partials[stream];
        take(partial, partial.decoder.end());
        partials[stream] = newPartial();
        if (partial.text !== "") keep(stream, partial, lines);
      }
      for (const { characters, told, limit } of [beyondRaw, beyondAll]) if (characters > told) lines.push(truncation(characters, limit));
      return lines;
    },
    held: () => partials.stdout.text.length + partials.stderr.text.length,
  };
}

function newPartial(): Partial {
  return { decoder: new StringDecoder("utf8"), text: "", dropped: 0 };
}

function drop(excess: Excess, characters: number, lines: string[]): void {
  excess.characters += characters;
  if (excess.told > 0) return;
  excess.told = excess.characters;
  lines.push(truncation(excess.told, excess.limit));
}

function truncation(droppedBytes: number, limitBytes: number): string {
  return JSON.stringify({ type: "output.truncated", droppedBytes, limitBytes });
}
