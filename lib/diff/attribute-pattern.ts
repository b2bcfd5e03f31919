/**
 * One pattern of a `.gitattributes` file (gitattributes, gitignore): without a slash it means a name at any depth, with one a path from the
 * file's folder. Repositories are hostile, so nothing is turned into a regular expression: the time is bounded by pattern times path.
 */
export function matchesAttributePattern(pattern: string, path: string): boolean {
  // Folders have no attributes.
  if (pattern.endsWith("/") || pattern === "") return false;
  const segments = path.split("/");
  if (!pattern.includes("/")) return matchesSegment(pattern, segments.at(-1) ?? "");
  return matchesSegments(pattern.replace(/^\//, "").split("/"), segments);
}

/** `**` stands for any number of folders; at the end for everything below. */
function matchesSegments(patterns: readonly string[], segments: readonly string[]): boolean {
  // Which prefixes of the path the patterns so far can match.
  let reached = new Set([0]);
  patterns.forEach((pattern, index) => {
    const next = new Set<number>();
    for (const at of reached) {
      if (pattern === "**") {
        const first = index === patterns.length - 1 ? at + 1 : at;
        for (let end = first; end <= segments.length; end += 1) next.add(end);
      } else if (at < segments.length && matchesSegment(pattern, segments[at] ?? "")) next.add(at + 1);
    }
    reached = next;
  });
  return reached.has(segments.length);
}

/** `*`, `?`, `[a-z]`, `[!a-z]` and `\` within one name. After a mismatch only the last star is tried again, which is enough. */
function matchesSegment(pattern: string, text: string): boolean {
  let [at, from] = [0, 0];
  let star: { at: number; from: number } | undefined;
  while (from < text.length) {
    const used = pattern[at] === "*" ? undefined : matchesOne(pattern, at, text[from] ?? "");
    if (pattern[at] === "*") {
      star = { at, from };
      at += 1;
    } else if (used !== undefined) {
      at += used;
      from += 1;
    } else if (star !== undefined) {
      star.from += 1;
      [at, from] = [star.at + 1, star.from];
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at >= pattern.length;
}

/** How many characters of the pattern stand for this one; undefined when they do not. */
function matchesOne(pattern: string, at: number, char: string): number | undefined {
  const first = pattern[at];
  if (first === "?") return 1;
  if (first === "\\") return pattern[at + 1] === char ? 2 : undefined;
  if (first === "[") {
    const close = pattern.indexOf("]", at + 2);
    if (close > 0) return inClass(pattern.slice(at + 1, close), char) ? close - at + 1 : undefined;
  }
  return first === char ? 1 : undefined;
}

function inClass(members: string, char: string): boolean {
  const negated = members.startsWith("!") || members.startsWith("^");
  const set = negated ? members.slice(1) : members;
  let found = false;
  for (let at = 0; at < set.length; at += 1) {
    const isRange = set[at + 1] === "-" && at + 2 < set.length;
    const [low = "", high = ""] = [set[at], isRange ? set[at + 2] : set[at]];
    if (char >= low && char <= high) found = true;
    if (isRange) at += 2;
  }
  return found !== negated;
}
