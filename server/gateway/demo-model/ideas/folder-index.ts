import { posix } from "node:path";
import type { Idea } from "./idea";

const FEWEST = 3;
const MOST = 120;

/** A README with an index for each folder of documents that has none. */
export function proposeIndexes(paths: readonly string[]): Idea[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const folder = posix.dirname(path);
    if (folder !== "." && !/(^|\/)\./.test(folder)) folders.set(folder, [...(folders.get(folder) ?? []), posix.basename(path)]);
  }
  return [...folders]
    .filter(([, names]) => names.length >= FEWEST && names.length <= MOST && !names.some((name) => /^readme/i.test(name)))
    .sort(([one], [other]) => one.split("/").length - other.split("/").length || one.localeCompare(other))
    .map(([folder, names]) => {
      const path = `${folder}/README.md`;
      const entries = [...names].sort((one, other) => one.localeCompare(other)).map((name) => `- [${name}](${encodeURI(name)})`);
      return {
        kind: "index",
        key: `index ${path}`,
        path,
        edits: [],
        files: [{ path, text: `# ${folder}\n\n${names.length} files:\n\n${entries.join("\n")}\n` }],
        plan: `add \`${path}\` with an index of the folder`,
        why: `The folder has ${names.length} files and nothing that leads to them.`,
      };
    });
}
