const SHOWN_NAMES = 5;

/** The first few, and how many more. */
export function named(paths: readonly string[]): string {
  const more = paths.length - SHOWN_NAMES;
  return more > 0 ? `${paths.slice(0, SHOWN_NAMES).join(", ")} and ${more} more` : paths.join(", ");
}

/** `1 file`, `3 files`. */
export function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
