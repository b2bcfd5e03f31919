import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The system's browser; where there is none, Playwright's own. */
export function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return ["chromium", "chromium-browser", "google-chrome"]
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
