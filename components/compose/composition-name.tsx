"use client";

import { Pencil } from "lucide-react";
import { type ReactElement, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { MAX_COMPOSITION_NAME } from "@/lib/protocol/bounds";
import type { Composition } from "@/lib/run/composition";
import { sourceName } from "@/lib/run/select";

interface CompositionNameProps {
  id: string;
  composition: Composition;
  /** Null: it is called by its number again. */
  onRename: (name: string | null) => void;
}

/** What a composition is called, and a way to call it something else. */
export function CompositionName({ id, composition, onRename }: CompositionNameProps): ReactElement {
  const { number, name } = composition;
  const [editing, setEditing] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const given = sourceName({ composition: number });
  const end = (text: string | undefined): void => {
    setEditing(false);
    const next = text?.trim();
    if (next !== undefined && next !== (name ?? "")) onRename(next === "" ? null : next);
    requestAnimationFrame(() => pencil.current?.focus());
  };
  if (editing) {
    return (
      <>
        <h2 id={id} className="sr-only">
          {name ?? given}
        </h2>
        <input
          // Asked for with a click: that is where one goes on.
          autoFocus
          aria-label="Name of the composition"
          defaultValue={name ?? ""}
          placeholder={given}
          maxLength={MAX_COMPOSITION_NAME}
          onFocus={(event) => event.target.select()}
          onBlur={(event) => end(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") event.currentTarget.blur();
            if (event.key !== "Escape") return;
            event.preventDefault();
            event.currentTarget.value = name ?? "";
            event.currentTarget.blur();
          }}
          className="h-[26px] min-w-0 flex-1 rounded-md border border-line-strong bg-bg px-2 placeholder:text-muted"
        />
      </>
    );
  }
  return (
    <>
      <h2 id={id} title={name === undefined ? undefined : given} className="min-w-0 truncate font-semibold">
        {name ?? given}
      </h2>
      <Button ref={pencil} kind="quiet" size="icon" aria-label="Rename the composition" onClick={() => setEditing(true)}>
        <Pencil aria-hidden="true" className="size-3" />
      </Button>
      <span className="flex-1" />
    </>
  );
}
