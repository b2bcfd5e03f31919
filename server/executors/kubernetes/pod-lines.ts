/** How the pod's program marks a line: its number in the attempt, so that a log can be read again from anywhere. */
const MARKED = /^#(\d{1,9}) ([\s\S]*)$/;
/** RFC 3339 with nanoseconds, as the kubelet writes it in front of each line with `timestamps=true`. */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d) ([\s\S]*)$/;

/** One line of a pod's log. `at`: its time, to the second, as `sinceTime` takes it. */
export interface PodLine {
  n: number;
  text: string;
  at: string;
}

/** What the pod's program prints for line `n` (from 1). */
export function markLine(n: number, text: string): string {
  return `#${n} ${text}`;
}

/**
 * A line of the log API → the attempt's line. Undefined for what is none: the rest of a long line whose beginning a cursor cut off, or what
 * the container's runtime itself printed.
 */
export function parsePodLine(line: string): PodLine | undefined {
  const [, second, zone, rest = ""] = STAMPED.exec(line) ?? [];
  const [, n, text = ""] = MARKED.exec(rest) ?? [];
  return second === undefined || n === undefined ? undefined : { n: Number(n), text, at: `${second}${zone}` };
}

/** A little before a line's time: clocks of rotated files, and seconds that were cut off. What comes twice is told by its number. */
export function sinceTimeOf(at: string): string {
  return new Date(Date.parse(at) - 2_000).toISOString().replace(/\.\d+Z$/, "Z");
}
