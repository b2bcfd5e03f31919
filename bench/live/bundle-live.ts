import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { build } from "esbuild";
import type { RunEvent } from "@/lib/run/events";

const root = fileURLToPath(new URL("../..", import.meta.url));
type LivePageFile = "live-page.tsx" | "bare-page.ts";

const ADDRESS = "http://live.test/";

/**
 * A page as one script: the product's panes, or the bare page they are compared with. `counting`: every component notes how often it is
 * rendered.
 */
export async function bundleLive({
  page = "live-page.tsx",
  counting = false,
}: {
  page?: LivePageFile;
  counting?: boolean;
} = {}): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`bench/live/${page}`],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    // What is counted is known by its name.
    minify: !counting,
    keepNames: counting,
    jsx: "automatic",
    jsxImportSource: counting ? "@/bench/live/counting" : "react",
    define: { "process.env.NODE_ENV": '"production"' },
    alias: { "@": root.replace(/\/$/, "") },
    logLevel: "silent",
    legalComments: "none",
  });
  return outputFiles[0]?.text ?? "";
}

/** The styles of the built pages. Throws where nothing is built. */
export function builtStyles(): string {
  const folder = join(root, ".next/static/chunks");
  try {
    const sheets = readdirSync(folder).filter((name) => name.endsWith(".css"));
    if (sheets.length > 0) return sheets.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  } catch {
    // Said below.
  }
  throw new Error("There are no built styles in .next: run `npm run build` first.");
}

/** Opens a page that is nothing but `script`, which finds `events` in `window.recorded` and an element `#root`. Nothing goes to a network. */
export async function openBare(
  page: Page,
  { script, styles, events }: { script: string; styles: string; events: RunEvent[] },
): Promise<void> {
  const head = `<meta charset="utf-8"><title>Live</title><style>${styles.replaceAll("</style", "<\\/style")}</style>`;
  const data = JSON.stringify(events).replaceAll("<", "\\u003c");
  const body = `<div id="root" style="height:100vh"></div><script>window.recorded=${data}</script><script src="/page.js"></script>`;
  await page.route(`${ADDRESS}**`, (route) =>
    route.request().url().endsWith("/page.js")
      ? route.fulfill({ contentType: "text/javascript", body: script })
      : route.fulfill({
          contentType: "text/html",
          body: `<!doctype html><html lang="en" data-theme="dark"><head>${head}</head><body>${body}</body></html>`,
        }),
  );
  await page.goto(ADDRESS);
}
