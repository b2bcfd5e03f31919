/** How far variations agree on something: `conflict` where they made different things of it that exclude each other; `none`: nobody changed it. */
export const marks = ["none", "all", "some", "only", "conflict"] as const;
export type Mark = (typeof marks)[number];

/** What makes texts count as the same: nothing but the same text, the same up to white space, up to the order of imports as well. */
export const likenesses = ["exact", "space", "imports"] as const;
export type Likeness = (typeof likenesses)[number];

/** The mark of something that so many variations made the same of, then so many something else, …; `known` of them have a tree. */
export function markOf(sizes: readonly number[], known: number): Mark {
  const [size = 0] = sizes;
  if (size === 0) return "none";
  if (sizes.length > 1) return "conflict";
  if (size === 1) return "only";
  return size === known ? "all" : "some";
}

/** The one that asks for most attention: conflict, only one, some, all. */
export function worstMark(of: readonly Mark[]): Mark {
  return of.reduce<Mark>((one, other) => (marks.indexOf(other) > marks.indexOf(one) ? other : one), "none");
}

/** Whether variations came to different things here: not all of them made the same of it. */
export function diverges(mark: Mark): boolean {
  return mark !== "all" && mark !== "none";
}
