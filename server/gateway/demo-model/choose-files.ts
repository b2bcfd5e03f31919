const TEXT =
  /\.(c|cc|cpp|cs|css|go|h|hpp|html|java|js|json|jsx|kt|lua|m|md|mjs|mts|php|pl|py|rb|rs|scala|sh|sql|svelte|swift|toml|ts|tsx|txt|vue|ya?ml|zig)$/i;
const MADE_BY_TOOLS = /(^|\/)(node_modules|dist|build|vendor|target|\.git)\/|(^|\/)(package-lock\.json|[^/]*\.lock|[^/]*\.min\.\w+)$/;
const OWN_NOTES = /^notes\/aideator-/;

/** The file to look at: the one that the searches speak of most, or else some text file. Variations start at different places. */
export function chooseFile(paths: readonly string[], searches: readonly string[], variation: number): string | undefined {
  const texts = paths.filter((path) => TEXT.test(path) && !MADE_BY_TOOLS.test(path) && !OWN_NOTES.test(path));
  const lines = searches.flatMap((text) => text.split("\n"));
  const found = texts
    .map((path) => ({ path, hits: lines.filter((line) => line.replace(/^\.\//, "").startsWith(path)).length }))
    .filter(({ hits }) => hits > 0)
    .sort((one, other) => other.hits - one.hits)
    .map(({ path }) => path);
  const candidates = found.length > 0 ? found : texts.filter((path) => !/\.md$/i.test(path));
  const choice = candidates.length > 0 ? candidates : texts;
  return choice[variation % Math.max(choice.length, 1)];
}

/** The README, or else some other Markdown file, the nearest to the root first. */
export function chooseDocument(paths: readonly string[]): string | undefined {
  return chooseDocuments(paths)[0];
}

/** All Markdown files in that order. */
export function chooseDocuments(paths: readonly string[]): string[] {
  const depth = (path: string): number => path.split("/").length;
  const documents = paths.filter((path) => /\.md$/i.test(path) && !MADE_BY_TOOLS.test(path) && !OWN_NOTES.test(path));
  const isReadme = (path: string): number => (/(^|\/)readme\.md$/i.test(path) ? 0 : 1);
  return documents.sort((one, other) => depth(one) - depth(other) || isReadme(one) - isReadme(other));
}

/**
 * A line of a document behind which a note can be put: it occurs once, so that an edit finds it, and it is a heading if there is one.
 * Which one depends on the variation.
 */
export function chooseLine(lines: readonly string[], variation: number): string | undefined {
  const text = lines.join("\n");
  const outside = outsideOfFences(lines);
  const usable = outside.filter(
    // The replacement character and control characters are not what the file really holds.
    (line) => line.trim().length >= 3 && line.length <= 200 && !/[\p{Cc}\uFFFD]/u.test(line) && text.split(line).length === 2,
  );
  const headings = usable.filter((line) => /^#{1,6}\s/.test(line));
  const plain = usable.filter((line) => /^[\p{L}\p{N}]/u.test(line));
  const choice = [headings, plain, usable].find(({ length }) => length > 0) ?? [];
  return choice[variation % Math.max(choice.length, 1)];
}

function outsideOfFences(lines: readonly string[]): string[] {
  let fenced = false;
  return lines.filter((line) => {
    const fence = /^\s*(```|~~~)/.test(line);
    if (fence) fenced = !fenced;
    return !fence && !fenced;
  });
}
