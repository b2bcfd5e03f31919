import { firstCharacters, lastCharacters } from "@/lib/run/plain-text";

type Stream = "stdout" | "stderr";

/** What a person sees of one call's output: its beginning as it comes, its end when it is over. */
export interface ShownOutput {
  push(stream: Stream, text: string): void;
  /** `said` is called with the number of characters between the two, before the end is shown; not when nothing was left out. */
  end(said: (dropped: number) => void): void;
}

/** Pieces of the end, however short: the oldest go first. */
const PIECES = 4_000;

/** `limit` in characters (UTF-16 units): three quarters for the beginning, one for the end, which is where a build says what failed. */
export function shownOutput(limit: number, show: (stream: Stream, text: string) => void): ShownOutput {
  const tail = Math.floor(limit / 4);
  let room = limit - tail;
  let pieces: { stream: Stream; text: string }[] = [];
  let held = 0;
  let dropped = 0;

  function keep(stream: Stream, text: string): void {
    const end = lastCharacters(text, tail);
    dropped += text.length - end.length;
    // A copy: a slice would keep the whole text that it is cut from in memory.
    pieces.push({ stream, text: end === text ? text : Buffer.from(end, "utf16le").toString("utf16le") });
    held += end.length;
    // Rarely, since each time copies: twice the limits is what this holds at most.
    if (held > 2 * tail || pieces.length > 2 * PIECES) trim();
  }

  function trim(): void {
    const kept: typeof pieces = [];
    let left = tail;
    for (const { stream, text } of pieces.reverse()) {
      const end = kept.length < PIECES ? lastCharacters(text, left) : "";
      dropped += text.length - end.length;
      // Nothing older than a cut: what is kept must be one piece of the output.
      left = end.length < text.length ? 0 : left - end.length;
      if (end !== "") kept.push({ stream, text: end });
    }
    pieces = kept.reverse();
    held = pieces.reduce((sum, { text }) => sum + text.length, 0);
  }

  return {
    push(stream, text) {
      const begun = firstCharacters(text, room);
      if (begun !== "") show(stream, begun);
      if (begun.length === text.length) {
        room -= begun.length;
        return;
      }
      room = 0;
      keep(stream, text.slice(begun.length));
    },
    end(said) {
      trim();
      if (dropped > 0) said(dropped);
      for (const { stream, text } of pieces.splice(0)) show(stream, text);
    },
  };
}
