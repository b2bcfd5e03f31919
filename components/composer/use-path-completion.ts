"use client";

import { type KeyboardEvent, type RefObject, useState } from "react";
import { caretPlace, replaceText } from "./caret-place";
import { completed, type Mention, mentionAt } from "./path-mention";
import { reasonOf, usePaths } from "./use-repository";

/** What the list of paths shows. */
export interface PathCompletion {
  /** Undefined: there is no list. */
  open?: { paths: string[]; active: number; place: { left: number; top: number }; note: string | undefined };
  /** After every change of the text or of the caret. */
  follow: () => void;
  close: () => void;
  /** True when the key was the list's. */
  onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => boolean;
  accept: (path: string) => void;
}

interface OpenMention extends Mention {
  place: { left: number; top: number };
}

/** Completes `@path` from the repository's tree while somebody types in a field. */
export function usePathCompletion(field: RefObject<HTMLTextAreaElement | null>, repository: string, base: string): PathCompletion {
  const [mention, setMention] = useState<OpenMention>();
  /** Where an `@` stands whose list was sent away. */
  const [dismissed, setDismissed] = useState<number>();
  const [chosen, setChosen] = useState<{ query: string; index: number }>();
  const { data, error } = usePaths(repository, base, mention?.query);

  function follow(): void {
    const element = field.current;
    if (element === null) return;
    const caret = element.selectionStart;
    const found = caret === element.selectionEnd ? mentionAt(element.value, caret) : undefined;
    if (found?.start !== dismissed) setDismissed(undefined);
    if (found === undefined || found.start === dismissed || repository === "") setMention(undefined);
    else setMention({ ...found, place: caretPlace(element, found.start) });
  }

  function accept(path: string): void {
    const element = field.current;
    if (element === null || mention === undefined) return;
    replaceText(element, mention.start, mention.end, completed(path));
    setChosen(undefined);
    follow();
  }

  const paths = data?.paths ?? [];
  // Chosen among other paths than are there now: the best one again.
  const active = chosen !== undefined && chosen.query === mention?.query ? Math.min(chosen.index, paths.length - 1) : 0;

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): boolean {
    if (mention === undefined || event.nativeEvent.isComposing || event.metaKey || event.ctrlKey || event.altKey) return false;
    if (event.key === "Escape") {
      setDismissed(mention.start);
      setMention(undefined);
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const path = paths[active];
    if (path === undefined) return false;
    if (step !== undefined) {
      setChosen({ query: mention.query, index: (active + step + paths.length) % paths.length });
      return true;
    }
    if ((event.key !== "Enter" && event.key !== "Tab") || event.shiftKey) return false;
    accept(path);
    return true;
  }

  const note = error === null ? noteOf(data, mention?.query) : reasonOf(error);
  return {
    ...(mention === undefined || (paths.length === 0 && note === undefined)
      ? {}
      : { open: { paths: error === null ? paths : [], active, place: mention.place, note } }),
    follow,
    close: () => setMention(undefined),
    onKeyDown,
    accept,
  };
}

function noteOf(data: ReturnType<typeof usePaths>["data"], query: string | undefined): string | undefined {
  if (data === undefined) return "Looking for files…";
  if (data.state === "fetching") return "The repository is being fetched for the first time; its files will show here.";
  return data.paths.length === 0 ? `No file matches ${query === "" ? "" : `“${query}”`}.`.replace("  ", " ") : undefined;
}
