"use client";

import { storedValue } from "@/lib/client/stored-value";
import { formatViewed, markViewed, parseViewed, viewedKey } from "@/lib/diff/viewed-files";
import type { FileDiffRow } from "@/lib/protocol/trees";

/** The changes that this person has viewed. */
export const viewedFiles = storedValue<ReadonlySet<string>>("aideator.viewed-files", parseViewed, formatViewed);

export function setViewed(row: FileDiffRow, seen: boolean): void {
  viewedFiles.set(markViewed(viewedFiles.get(), viewedKey(row), seen));
}
