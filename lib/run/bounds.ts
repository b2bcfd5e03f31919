/** Apart from the schemas, which pages do without. */

/** Highest number of variations in one run; shown to people as A…E. */
export const MAX_VARIATIONS = 5;

/** Where the tree of a variation can be brought. */
export const landingKinds = ["branch", "checkout", "push", "pull_request"] as const;
export type LandingKind = (typeof landingKinds)[number];
