/** Keeps the head and the tail of a stream of output, whatever its length. */
export interface OutputTail {
  push(text: string): void;
  /** Everything, or head and tail with a note between. */
  text(): string;
  /** Characters in all. */
  readonly length: number;
}

/** `limit` in characters. */
export function createOutputTail(limit: number): OutputTail {
  const half = Math.floor(limit / 2);
  let head = "";
  let tail = "";
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(text) {
      length += text.length;
      if (head.length < half) head += text.slice(0, half - head.length);
      tail = (tail + text).slice(-limit);
    },
    text: () => (length <= limit ? tail : `${head}\n[... ${length - 2 * half} characters left out ...]\n${tail.slice(-half)}`),
  };
}
