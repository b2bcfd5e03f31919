"use client";

import type { ReactElement } from "react";
import { everywhere } from "@/components/palette/command-center";
import { byGroup } from "@/components/palette/registry";
import { ShortcutList } from "@/components/palette/shortcut-list";
import { runShortcuts } from "@/components/run/use-run-keys";

const groups = byGroup([...everywhere, ...runShortcuts]);

/** The keys of all pages. */
export function KeyReference(): ReactElement {
  return (
    <section aria-labelledby="keys">
      <h2 id="keys" className="mb-3 font-semibold text-page">
        Keys
      </h2>
      <ShortcutList groups={groups} />
      <p className="mt-4 text-meta text-muted">Keys work wherever no text is typed. The palette finds everything that a page can do.</p>
    </section>
  );
}
