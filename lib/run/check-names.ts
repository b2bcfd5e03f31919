/** Apart from the schemas, which pages do without. */

/** What a check is about. The last three need no command of the project's. */
export const checkKinds = ["build", "types", "lint", "test", "coverage", "secrets", "size"] as const;
export type CheckKind = (typeof checkKinds)[number];

/**
 * `failed`: the check came to a verdict, and it was no. `error`: it did not (time, memory, a server that was killed), which is nobody's fault.
 * `skipped`: it could not be tried (no sandbox, no dependencies, stopped).
 */
export const checkVerdicts = ["passed", "failed", "error", "skipped"] as const;
export type CheckVerdict = (typeof checkVerdicts)[number];

/** `no_api`: the tests do not compile or import there, so they say nothing of behaviour. `none`: there were no tests to apply. */
export const crossOutcomes = ["passed", "failed", "no_api", "none", "error", "skipped"] as const;
export type CrossOutcome = (typeof crossOutcomes)[number];

/** What is checked: `base`, `a`…`e`, `composition-1`…, as sides of a diff are named. */
export const CHECK_TARGET = /^(base|[a-e]|composition-[1-9]\d{0,3})$/;

/** `a` for variation 0. */
export function targetOfVariation(index: number): string {
  return String.fromCharCode(97 + index);
}

/** The other way round; undefined for the base and for compositions. */
export function variationOfTarget(target: string): number | undefined {
  return /^[a-e]$/.test(target) ? target.charCodeAt(0) - 97 : undefined;
}

/** Characters of output that an event carries; all of it is kept beside the run. */
export const CHECK_TAIL_LIMIT = 2_000;
/** Tests or findings that an event names; the route has all of them. */
export const CHECK_NAMED_LIMIT = 20;
