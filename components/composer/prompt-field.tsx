"use client";

import { type ClipboardEvent, type DragEvent, type ReactElement, type RefObject, useEffect, useId, useLayoutEffect, useState } from "react";
import { cx } from "@/components/ui/cx";
import { FieldError } from "./field-error";
import { PathList, pathOptionId } from "./path-list";
import { usePathCompletion } from "./use-path-completion";

interface PromptFieldProps {
  value: string;
  onChange: (text: string) => void;
  error: string | undefined;
  ref: RefObject<HTMLTextAreaElement | null>;
  /** Where `@` looks for paths. */
  repository: string;
  base: string;
  /** Pasted or dropped. */
  onFiles: (files: File[]) => void;
}

const useBrowserLayoutEffect = typeof window === "undefined" ? useEffect : useLayoutEffect;

/** The prompt; grows with its text, completes `@path`, takes files. */
export function PromptField({ value, onChange, error, ref, repository, base, onFiles }: PromptFieldProps): ReactElement {
  const listId = useId();
  const completion = usePathCompletion(ref, repository, base);
  const { open } = completion;
  const drop = useFileDrop(onFiles);
  useBrowserLayoutEffect(() => {
    const field = ref.current;
    // Browsers that know field-sizing need no help.
    if (field === null || CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }, [ref, value]);

  function onPaste(event: ClipboardEvent): void {
    const { files: given, types } = event.clipboardData;
    const files = [...given];
    // A spreadsheet puts a picture beside the text that is meant; a file manager a name beside the file, but no markup.
    if (files.length === 0 || (types.includes("text/html") && types.includes("text/plain"))) return;
    event.preventDefault();
    onFiles(files);
  }

  return (
    <div className="relative" {...drop.handlers}>
      <textarea
        ref={ref}
        aria-label="Prompt"
        aria-required="true"
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : "prompt-error"}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={open === undefined ? undefined : listId}
        aria-activedescendant={open === undefined || open.paths.length === 0 ? undefined : pathOptionId(listId, open.active)}
        data-invalid={error === undefined ? undefined : ""}
        rows={4}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
          completion.follow();
        }}
        onSelect={completion.follow}
        onBlur={completion.close}
        onKeyDown={(event) => {
          if (completion.onKeyDown(event)) event.preventDefault();
        }}
        onPaste={onPaste}
        placeholder="Describe the change as you would to a colleague: what should be different, and how you will know that it works. @ names a file."
        className="field-sizing-content block max-h-[50vh] min-h-[128px] w-full resize-none bg-transparent px-4 py-3.5 text-[16px] leading-[1.55] outline-none placeholder:text-faint sm:min-h-[108px] sm:text-[15px]"
      />
      {open !== undefined && <PathList id={listId} open={open} onPick={completion.accept} />}
      <p role="status" className="sr-only">
        {open === undefined ? "" : (open.note ?? `${open.paths.length} paths. Arrow keys to choose, Enter to take one, Escape to close.`)}
      </p>
      <div
        className={cx(
          "pointer-events-none absolute inset-1 place-items-center rounded-md border border-line-strong border-dashed bg-panel/90 text-body text-muted",
          drop.over ? "grid" : "hidden",
        )}
      >
        Drop pictures or text files
      </div>
      <FieldError id="prompt-error" message={error} className="px-4 pb-2" />
    </div>
  );
}

function useFileDrop(onFiles: (files: File[]) => void): {
  over: boolean;
  handlers: Record<"onDragOver" | "onDragLeave" | "onDrop", (event: DragEvent<HTMLElement>) => void>;
} {
  const [over, setOver] = useState(false);
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes("Files");
  return {
    over,
    handlers: {
      onDragOver(event) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      onDragLeave(event) {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      },
      onDrop(event) {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      },
    },
  };
}
