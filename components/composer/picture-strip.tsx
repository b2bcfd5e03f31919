"use client";

import { X } from "lucide-react";
import { type ReactElement, useRef } from "react";
import { formatBytes } from "@/lib/format";
import { MAX_IMAGES } from "@/lib/run/prompt-images";
import type { Picture } from "./pictures";

interface PictureStripProps {
  pictures: Picture[];
  /** Who gets no picture, and why; undefined: everybody gets them. */
  note: string | undefined;
  onChange: (pictures: Picture[]) => void;
}

/** The prompt's pictures, in the order in which they are sent. */
export function PictureStrip({ pictures, note, onChange }: PictureStripProps): ReactElement | null {
  const list = useRef<HTMLUListElement>(null);
  if (pictures.length === 0) return null;
  const remove = (at: number): void => {
    onChange(pictures.filter((_, index) => index !== at));
    // The button goes away with its picture: the focus goes to the one beside it.
    const buttons = list.current?.querySelectorAll("button");
    (buttons?.[at + 1] ?? buttons?.[at - 1])?.focus();
  };
  return (
    <div className="px-4 pb-2">
      <ul ref={list} aria-label="Pictures" className="flex flex-wrap gap-2">
        {pictures.map(({ id, name, type, bytes, data }, at) => (
          <li key={id} className="relative flex items-center gap-2 rounded-md border border-line-strong py-1 pr-9 pl-1 sm:pr-7">
            {/* eslint-disable-next-line @next/next/no-img-element -- it is not on any server yet */}
            <img src={`data:${type};base64,${data}`} alt="" className="size-10 rounded object-cover" />
            <span className="max-w-40 text-meta leading-4">
              <span className="block truncate" title={name}>
                {name}
              </span>
              <span className="text-muted tabular-nums">{formatBytes(bytes)}</span>
            </span>
            <button
              type="button"
              aria-label={`Remove picture ${at + 1}, ${name}`}
              title="Remove"
              onClick={() => remove(at)}
              className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded-md text-faint hover:bg-hover hover:text-text sm:w-7"
            >
              <X size={13} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <p className="pt-1.5 text-meta text-muted">
        {pictures.length} of {MAX_IMAGES} pictures, 5 MB each at most.{note !== undefined && ` ${note}`}
      </p>
    </div>
  );
}
