"use client";

import { type FormEvent, type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";

/** Adds a file that no variation has. `onAdd` resolves to false where it was refused; why is said where changes are saved. */
export function NewFile({ onAdd }: { onAdd: (path: string) => Promise<boolean> }): ReactElement {
  const [path, setPath] = useState<string>();
  const [adding, setAdding] = useState(false);
  if (path === undefined) {
    return (
      <Button kind="quiet" onClick={() => setPath("")}>
        New file…
      </Button>
    );
  }
  const add = (event: FormEvent): void => {
    event.preventDefault();
    setAdding(true);
    void onAdd(path.trim()).then((added) => {
      setAdding(false);
      if (added) setPath(undefined);
    });
  };
  return (
    <form onSubmit={add} className="flex min-w-0 items-center gap-1.5">
      <input
        // Asked for with a click: that is where one goes on.
        autoFocus
        aria-label="Path of the new file"
        value={path}
        onChange={(event) => setPath(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && setPath(undefined)}
        placeholder="docs/notes.md"
        className="h-[26px] w-52 min-w-0 rounded-md border border-line-strong bg-bg px-2 font-mono text-meta placeholder:text-muted"
      />
      <Button type="submit" disabled={adding || path.trim() === ""}>
        Add
      </Button>
      <Button kind="quiet" onClick={() => setPath(undefined)}>
        Cancel
      </Button>
    </form>
  );
}
