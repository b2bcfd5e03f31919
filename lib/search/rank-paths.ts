/** Higher is better; undefined: the path does not have the letters in their order. */
export type PathScore = number | undefined;

/** What a path scores that has the query as a part somewhere. */
const PART = 2_000;

/** The folders of a list of files, each with a slash at its end, beside the files themselves. */
export function withFolders(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (let at = file.lastIndexOf("/"); at > 0; at = file.lastIndexOf("/", at - 1)) {
      const folder = file.slice(0, at + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return [...folders, ...files];
}

/** The best matches first; among equals the shorter path, then by name. An empty query answers what stands at the top of the tree. */
export function rankPaths(paths: readonly string[], query: string, limit: number): string[] {
  const wanted = query.toLowerCase();
  if (wanted === "") return paths.filter(isTopLevel).sort(byDepthAndName).slice(0, limit);
  const scored: { path: string; score: number }[] = [];
  for (const path of paths) {
    const score = scorePath(path, wanted);
    if (score !== undefined) scored.push({ path, score });
  }
  // Scattered letters are a guess: only where nothing better is found.
  const isGuess = scored.every(({ score }) => score < PART);
  const kept = isGuess ? scored : scored.filter(({ score }) => score >= PART);
  kept.sort((one, other) => other.score - one.score || one.path.length - other.path.length || compare(one.path, other.path));
  return kept.slice(0, limit).map(({ path }) => path);
}

/** `wanted` is in lower case. A beginning counts most, then the file's own name, then a part, then letters in their order. */
export function scorePath(path: string, wanted: string): PathScore {
  const text = path.toLowerCase();
  const name = text.slice(text.replace(/\/$/, "").lastIndexOf("/") + 1);
  if (text.startsWith(wanted)) return 5_000;
  if (name.startsWith(wanted)) return 4_000;
  if (name.includes(wanted)) return 3_000;
  const at = text.indexOf(wanted);
  if (at >= 0) return text[at - 1] === "/" ? 2_500 : PART;
  return scoreLetters(text, wanted);
}

/** Letters in their order, not side by side: beginnings of words and runs of letters count more. */
function scoreLetters(text: string, wanted: string): PathScore {
  let score = 0;
  let from = 0;
  let last = -2;
  for (const letter of wanted) {
    const at = text.indexOf(letter, from);
    if (at < 0) return undefined;
    if (at === last + 1) score += 6;
    else if (at === 0 || /[/._-]/.test(text[at - 1] ?? "")) score += 4;
    last = at;
    from = at + 1;
  }
  return score;
}

function isTopLevel(path: string): boolean {
  const slash = path.indexOf("/");
  return slash < 0 || slash === path.length - 1;
}

function byDepthAndName(one: string, other: string): number {
  return Number(other.endsWith("/")) - Number(one.endsWith("/")) || compare(one, other);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
