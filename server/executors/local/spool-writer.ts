import { StringDecoder } from "node:string_decoder";

/** Characters of one line; the rest of the line is dropped and said so. An agent's own lines stay far below. */
export const LINE_LIMIT = 1_000_000;
/** Characters of lines that are not the agent's JSON: a program's noise must not fill the disk. */
export const RAW_LIMIT = 8_000_000;
/** Characters in all. */
export const SPOOL_LIMIT = 512_000_000;

/** Bytes of the sandbox's two outputs → whole, bounded lines of the spool. */
export interface SpoolLines {
  push(stream: "stdout" | "stderr", chunk: Buffer): string[];
  /** The last lines, when the outputs have ended. */
  end(): string[];
}

interface Partial {
  decoder: StringDecoder;
  text: string;
  /** Characters of the current line beyond the limit. */
  dropped: number;
}

/**
 * Splits, numbers by order, bounds. Standard output is passed on as it is; each line of standard error becomes a `log.line` event. What is
 * dropped is replaced by one `output.truncated` event.
 */
export function createSpoolLines(): SpoolLines {
  const partials: Record<"stdout" | "stderr", Partial> = { stdout: newPartial(), stderr: newPartial() };
  let total = 0;
  let raw = 0;
  let droppedRaw = 0;
  let full = false;

  function keep(stream: "stdout" | "stderr", { text, dropped }: Partial): string[] {
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    const own = stream === "stdout" && line.startsWith("{") && dropped === 0;
    if (!own && raw + line.length > RAW_LIMIT) {
      const first = droppedRaw === 0;
      droppedRaw += line.length + dropped;
      return first ? [truncation(droppedRaw, RAW_LIMIT)] : [];
    }
    if (total + line.length > SPOOL_LIMIT) {
      const first = !full;
      full = true;
      return first ? [truncation(line.length + dropped, SPOOL_LIMIT)] : [];
    }
    total += line.length;
    if (!own) raw += line.length;
    const kept = stream === "stdout" ? line : JSON.stringify({ type: "log.line", stream, text: line });
    return dropped > 0 ? [kept, truncation(dropped, LINE_LIMIT)] : [kept];
  }

  function take(partial: Partial, text: string): void {
    const room = LINE_LIMIT - partial.text.length;
    partial.text += room >= text.length ? text : text.slice(0, Math.max(0, room));
    if (room < text.length) partial.dropped += text.length - Math.max(0, room);
  }

  function split(stream: "stdout" | "stderr", text: string): string[] {
    const lines: string[] = [];
    const pieces = text.split("\n");
    pieces.forEach((piece, at) => {
      take(partials[stream], piece);
      if (at === pieces.length - 1) return;
      lines.push(...keep(stream, partials[stream]));
      partials[stream] = { decoder: partials[stream].decoder, text: "", dropped: 0 };
    });
    return lines;
  }

  return {
    push: (stream, chunk) => split(stream, partials[stream].decoder.write(chunk)),
    end() {
      return (["stdout", "stderr"] as const).flatMap((stream) => {
        const partial = partials[stream];
        take(partial, partial.decoder.end());
        partials[stream] = newPartial();
        return partial.text === "" ? [] : keep(stream, partial);
      });
    },
  };
}

function newPartial(): Partial {
  return { decoder: new StringDecoder("utf8"), text: "", dropped: 0 };
}

function truncation(droppedBytes: number, limitBytes: number): string {
  return JSON.stringify({ type: "output.truncated", droppedBytes, limitBytes });
}
