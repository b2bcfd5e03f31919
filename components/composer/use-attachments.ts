"use client";

import { type RefObject, useState } from "react";
import type { StoreApi } from "zustand";
import { MAX_PROMPT_LENGTH } from "@/lib/protocol/bounds";
import { replaceText } from "./caret-place";
import type { DraftStore } from "./draft-store";
import { looksLikePicture, readPicture } from "./pictures";
import { takeTextFile } from "./text-files";

/** Characters of the longest prompt take no more bytes than this: what is larger need not be read. */
const MAX_TEXT_BYTES = MAX_PROMPT_LENGTH * 4;

interface Attachments {
  /** Pictures go to the prompt's pictures, text into the prompt itself. */
  take: (files: File[]) => void;
  /** What was not taken, and why; of the last files only. */
  refusals: string[];
}

/** Files for a prompt. */
export function useAttachments(store: StoreApi<DraftStore>, field: RefObject<HTMLTextAreaElement | null>): Attachments {
  const [refusals, setRefusals] = useState<string[]>([]);

  async function takeOne(file: File): Promise<string | undefined> {
    if (looksLikePicture(file)) {
      const picture = await readPicture(file, store.getState().pictures.length);
      if ("refusal" in picture) return picture.refusal;
      const { pictures, setPictures } = store.getState();
      setPictures([...pictures, picture]);
      return undefined;
    }
    const bytes = new Uint8Array(await file.slice(0, MAX_TEXT_BYTES + 1).arrayBuffer());
    const taken = takeTextFile(file.name, bytes, MAX_PROMPT_LENGTH - store.getState().prompt.length);
    if ("refusal" in taken) return taken.refusal;
    insertBlock(field.current, taken.text);
    return undefined;
  }

  async function take(files: File[]): Promise<void> {
    const found: string[] = [];
    // One after the other: each has to know what the one before has left.
    for (const file of files) {
      const refusal = await takeOne(file).catch(() => `${file.name || "The file"} cannot be read: it may be a folder.`);
      if (refusal !== undefined) found.push(refusal);
    }
    setRefusals(found);
  }

  return { take: (files) => void take(files), refusals };
}

/** On lines of its own, where the caret is. */
function insertBlock(field: HTMLTextAreaElement | null, block: string): void {
  if (field === null) return;
  const { selectionStart, selectionEnd, value } = field;
  const before = value.slice(0, selectionStart);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  replaceText(field, selectionStart, selectionEnd, `${gap}${block}`);
}
