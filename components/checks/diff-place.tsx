"use client";

import { usePathname } from "next/navigation";
import type { ReactElement, ReactNode } from "react";
import { type DiffLink, writeDiffLink } from "@/lib/diff/diff-link";
import { type DiffSide } from "@/lib/diff/diff-side";
import { variationOfTarget } from "@/lib/run/check-names";
import { compositionIn } from "@/lib/run/trees";

/** A target as a side of a diff; undefined where diffs do not know it. */
export function sideOf(target: string): DiffSide | undefined {
  if (target === "base") return "base";
  const variation = variationOfTarget(target);
  if (variation !== undefined) return { variation };
  const composition = compositionIn(target);
  return composition === undefined ? undefined : { composition };
}

/** The address of a place in the diff of the run at `path`. */
export function diffHref(path: string, link: DiffLink): string {
  const query = new URLSearchParams({ tab: "diff" });
  writeDiffLink(query, link);
  return `${path}?${query}`;
}

/** Leads to a place in the run's diff, in the page that is there. */
export function DiffAnchor({ link, className, children }: { link: DiffLink; className?: string; children: ReactNode }): ReactElement {
  const href = diffHref(usePathname(), link);
  return (
    <a
      href={href}
      className={className}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        // Back leads here again.
        window.history.pushState(null, "", href);
      }}
    >
      {children}
    </a>
  );
}

/** `src/retry.ts:12`, leading to that line of what `target` made; plain text where there is no such diff. */
export function FilePlace({ target, file, line = 0 }: { target: string; file: string; line?: number }): ReactElement {
  const side = sideOf(target);
  const text = line > 0 ? `${file}:${line}` : file;
  if (side === undefined || side === "base") return <code className="[overflow-wrap:anywhere]">{text}</code>;
  const link: DiffLink = { left: "base", right: side, file, ...(line > 0 && { line: { side: "right", number: line } }) };
  return (
    <DiffAnchor
      link={link}
      className="underline decoration-line-strong underline-offset-3 [overflow-wrap:anywhere] hover:decoration-current"
    >
      <code>{text}</code>
    </DiffAnchor>
  );
}
