/** Apart from the schemas, which pages do without. */

/** Highest number of variations in one run; shown to people as A…E. */
export const MAX_VARIATIONS = 5;
