/** Middle and spread (10th and 90th percentile) of samples or of ratios. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** One figure of the product beside the same figure of something plain, taken in turns in one run. */
export interface Measurement {
  name: string;
  /** Of both lists: `ms`, `MB/s`, … */
  unit: string;
  /** One value per round; the reference's value of the same round has the same index. */
  subject: number[];
  reference: number[];
  /** What is promised, in words. */
  target: string;
  /** Subject over reference, round by round. */
  ratio: Spread;
  /** Null where nothing is promised, or where this machine cannot say. */
  pass: boolean | null;
  note?: string;
}

export interface BenchOptions {
  /** Fewer and smaller rounds: shows that everything works, not how fast it is. */
  quick: boolean;
  /** Told what goes on, one line each. */
  progress(text: string): void;
}

/** Promises are given in words and as a function of the two lists. */
export interface Comparison extends Omit<Measurement, "ratio" | "pass"> {
  judge?: (subject: number[], reference: number[]) => boolean;
}

/** Adds ratio and verdict to two lists of one length; throws when a list is empty or the lengths differ. */
export function compare({ judge, ...given }: Comparison): Measurement {
  const { subject, reference, name } = given;
  if (subject.length === 0 || subject.length !== reference.length) {
    throw new Error(`${name}: ${subject.length} values of the subject and ${reference.length} of the reference`);
  }
  const ratios = subject.map((value, round) => value / (reference[round] ?? Number.NaN));
  return { ...given, ratio: spread(ratios), pass: judge === undefined ? null : judge(subject, reference) };
}

/** See `Spread`. */
export function spread(values: readonly number[]): Spread {
  return { median: percentile(values, 50), low: percentile(values, 10), high: percentile(values, 90) };
}

/** Middle of a list. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the list lie, between its neighbours; NaN for an empty list. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}
