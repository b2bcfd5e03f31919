import type { Finding } from "./findings";

export interface FindingsComparison {
  introduced: readonly Finding[];
  fixed: readonly Finding[];
  /** How many stayed. */
  kept: number;
}

/**
 * What a variation added to and took from the findings of its base. Lines move, so findings are matched by file, rule and message, as often as
 * they occur; where there are more than before, those on lines that `changed` names are the new ones, else the last.
 */
export function compareFindings(
  base: readonly Finding[],
  variation: readonly Finding[],
  changed: (file: string, line: number) => boolean = () => false,
): FindingsComparison {
  const before = byKind(base);
  const after = byKind(variation);
  const introduced: Finding[] = [];
  const fixed: Finding[] = [];
  let kept = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, current] = [before.get(key) ?? [], after.get(key) ?? []];
    const stayed = Math.min(old.length, current.length);
    kept += stayed;
    fixed.push(...old.slice(stayed));
    const likelyOldFirst = [...current].sort((one, other) => Number(changed(one.file, one.line)) - Number(changed(other.file, other.line)));
    introduced.push(...likelyOldFirst.slice(stayed));
  }
  return { introduced, fixed, kept };
}

function byKind(findings: readonly Finding[]): Map<string, Finding[]> {
  const kinds = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = [finding.file, finding.rule, finding.severity, finding.message].join("\0");
    const same = kinds.get(key);
    if (same === undefined) kinds.set(key, [finding]);
    else same.push(finding);
  }
  return kinds;
}
