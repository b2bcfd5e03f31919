/** How far variations agree on something: `conflict` where they made different things of it that exclude each other; `none`: nobody changed it. */
export type Mark = "none" | "all" | "some" | "only" | "conflict";

/** The mark of something that so many variations made the same of, then so many something else, …; `known` of them have a tree. */
export function markOf(sizes: readonly number[], known: number): Mark {
  const [size = 0] = sizes;
  if (size === 0) return "none";
  if (sizes.length > 1) return "conflict";
  if (size === 1) return "only";
  return size === known ? "all" : "some";
}
