"use client";

import { type KeyboardEvent, type ReactElement, useId, useRef } from "react";
import { PathList, pathOptionId } from "@/components/composer/path-list";
import { usePathCompletion } from "@/components/composer/use-path-completion";
import type { RunState } from "@/lib/run/state";

interface MessageFieldProps {
  run: Pick<RunState, "repositoryUrl" | "base">;
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
}

/** The words of a message; grows with them, completes `@path` from the tree that the run started with. */
export function MessageField({ run, label, placeholder, value, onChange }: MessageFieldProps): ReactElement {
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const completion = usePathCompletion(field, run.repositoryUrl, run.base?.commit ?? "");
  const { open } = completion;
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (completion.onKeyDown(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Escape") event.currentTarget.blur();
  };
  return (
    <div className="relative flex min-w-0 flex-1 max-[700px]:order-first max-[700px]:basis-full">
      <textarea
        ref={field}
        data-message-field=""
        aria-label={label}
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={open === undefined ? undefined : listId}
        aria-activedescendant={open === undefined || open.paths.length === 0 ? undefined : pathOptionId(listId, open.active)}
        rows={1}
        value={value}
        onChange={({ target }) => {
          onChange(target.value);
          completion.follow();
        }}
        onSelect={completion.follow}
        onBlur={completion.close}
        onKeyDown={onKeyDown}
        placeholder={placeholder}
        className="field-sizing-content max-h-36 min-h-7 min-w-0 flex-1 resize-none rounded-md bg-transparent px-1.5 py-1 text-[16px] leading-5 outline-offset-0 placeholder:text-faint sm:text-body"
      />
      {open !== undefined && <PathList id={listId} open={open} onPick={completion.accept} above />}
      <p role="status" className="sr-only">
        {open === undefined ? "" : (open.note ?? `${open.paths.length} paths. Arrow keys to choose, Enter to take one, Escape to close.`)}
      </p>
    </div>
  );
}
