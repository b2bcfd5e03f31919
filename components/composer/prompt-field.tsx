"use client";

import { type ReactElement, type RefObject, useEffect, useLayoutEffect } from "react";
import { FieldError } from "./field-error";

interface PromptFieldProps {
  value: string;
  onChange: (prompt: string) => void;
  error: string | undefined;
  ref: RefObject<HTMLTextAreaElement | null>;
}

const useBrowserLayoutEffect = typeof window === "undefined" ? useEffect : useLayoutEffect;

/** The prompt; grows with its text. */
export function PromptField({ value, onChange, error, ref }: PromptFieldProps): ReactElement {
  useBrowserLayoutEffect(() => {
    const field = ref.current;
    // Browsers that know field-sizing need no help.
    if (field === null || CSS.supports("field-sizing", "content")) return;
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
  }, [ref, value]);
  return (
    <>
      <textarea
        ref={ref}
        aria-label="Prompt"
        aria-required="true"
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : "prompt-error"}
        data-invalid={error === undefined ? undefined : ""}
        rows={4}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder="Describe the change as you would to a colleague: what should be different, and how you will know that it works."
        className="field-sizing-content block max-h-[50vh] min-h-[108px] w-full resize-none bg-transparent px-4 py-3.5 text-[16px] leading-[1.55] outline-none placeholder:text-faint sm:text-[15px]"
      />
      <FieldError id="prompt-error" message={error} className="px-4 pb-2" />
    </>
  );
}
