"use client";

import { useEffect, useRef } from "react";
import { create } from "zustand";

/** Something that a person can do on the page at hand: by the palette, and by its key where it has one. */
export interface Command {
  /** Unique among all that are there at once. */
  id: string;
  /** An order, in sentence case: `Stop all`. */
  title: string;
  /** The heading it stands under. */
  group: string;
  /** Other words that it is found by. */
  keywords?: string[];
  /** `KeyboardEvent.key` in lower case: works wherever no text is typed. */
  key?: string;
  /** Only with Shift, or only without; absent: no matter. */
  shift?: boolean;
  /** Held down, it goes on. */
  repeats?: true;
  /** Not offered in the palette, since it only makes sense as a key. */
  keyOnly?: true;
  /** Its key is told of by a `Shortcut` that stands for several. */
  unlisted?: true;
  run: () => void;
}

/** A row of the list of shortcuts, for keys that a view handles itself and for several that are told of together. */
export interface Shortcut {
  keys: string;
  what: string;
  group: string;
}

interface Registered {
  /** What a page offers comes before what is there everywhere, and its keys win. */
  place: "page" | "everywhere";
  commands: readonly Command[];
  shortcuts: readonly Shortcut[];
}

/** Read when somebody asks, so that registering renders nothing anew. */
const owners = new Set<{ current: Registered }>();
const none: readonly Shortcut[] = [];
/** Told when a part of the page came or went. */
const watchers = new Set<() => void>();

function changed(): void {
  for (const watcher of watchers) watcher();
}

/** Calls `watcher` whenever there may be other commands than before; returns the way to stop. */
export function watchCommands(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Offers commands and tells of shortcuts for as long as the component is there. The newest list counts. */
export function useCommands(
  commands: readonly Command[],
  shortcuts: readonly Shortcut[] = none,
  place: Registered["place"] = "page",
): void {
  const registered = useRef<Registered>({ place, commands, shortcuts });
  useEffect(() => {
    registered.current = { place, commands, shortcuts };
  });
  useEffect(() => {
    owners.add(registered);
    changed();
    return () => {
      owners.delete(registered);
      changed();
    };
  }, []);
}

/** All that can be done now. */
export function currentCommands(): Command[] {
  return inOrder().flatMap(({ commands }) => commands);
}

function inOrder(): Registered[] {
  const all = [...owners].map(({ current }) => current);
  return [...all.filter(({ place }) => place === "page"), ...all.filter(({ place }) => place === "everywhere")];
}

/** What a key does now; undefined: nothing. */
export function commandForKey({ key, shiftKey, repeat }: Pick<KeyboardEvent, "key" | "shiftKey" | "repeat">): Command | undefined {
  return currentCommands().find(
    (command) =>
      command.key === key.toLowerCase() &&
      (command.shift === undefined || command.shift === shiftKey) &&
      (!repeat || command.repeats === true),
  );
}

/** Every shortcut of the page at hand, by group: from the commands that have a key, and from what views say of their own. */
export function currentShortcuts(): { group: string; rows: Shortcut[] }[] {
  const all = inOrder().flatMap(({ commands, shortcuts }) => [
    ...commands.flatMap(({ key, shift, title, group, unlisted }) =>
      key === undefined || unlisted === true ? [] : [{ keys: keyName(key, shift), what: title, group }],
    ),
    ...shortcuts,
  ]);
  return byGroup(all);
}

/** Shortcuts under their headings, in the order in which these first come. */
export function byGroup(rows: readonly Shortcut[]): { group: string; rows: Shortcut[] }[] {
  const groups = new Map<string, Shortcut[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups].map(([group, inGroup]) => ({ group, rows: inGroup }));
}

/** A key as it is written on keyboards. */
export function keyName(key: string, shift = false): string {
  const name = key === "escape" ? "Esc" : key === "end" ? "End" : key.toUpperCase();
  return shift ? `⇧ ${name}` : name;
}

/** Where keys are text or belong to something else. */
const TAKEN =
  "input:not([type=checkbox],[type=radio],[type=button]), textarea, select, [contenteditable], [role='textbox'], [role='dialog'], [role='alertdialog'], [role='menu'], .monaco-editor";

/** True where a key is text, or belongs to something else. */
export function isTaken(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TAKEN) !== null;
}

interface Overlays {
  open: "palette" | "shortcuts" | undefined;
  show: (overlay: "palette" | "shortcuts" | undefined) => void;
}

/** Which of the two windows over all pages is open. */
export const useOverlays = create<Overlays>((set) => ({ open: undefined, show: (open) => set({ open }) }));
