"use client";

import { ChevronDown, NotebookPen, Plus, X } from "lucide-react";
import { Popover } from "radix-ui";
import { type ReactElement, type ReactNode, useRef, useState } from "react";
import { agentName } from "@/components/run/spec-words";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import type { SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { modelLabel } from "@/lib/run/model-kind";
import { variationLetter } from "@/lib/run/select";
import { type LineUpEntry, repeatEntry } from "./line-up-entry";
import { VariationEditor } from "./variation-editor";

interface LineUpProps {
  setup: SetupResponse;
  value: LineUpEntry[];
  errors?: Record<number, string>;
  errorId: string;
  onChange: (variation: number, change: Partial<LineUpEntry>) => void;
  onSet: (lineUp: LineUpEntry[]) => void;
  onAdd: () => void;
  onRemove: (variation: number) => void;
  /** Stands behind the chips. */
  children: ReactNode;
}

/** Who answers: one chip per variation, up to five. */
export function LineUp({ setup, value, errors, errorId, onChange, onSet, onAdd, onRemove, children }: LineUpProps): ReactElement {
  const next = variationLetter(value.length);
  const group = useRef<HTMLDivElement>(null);
  const remove = (variation: number): void => {
    onRemove(variation);
    // The button that was pressed goes away with the last chip, or when only one is left: focus stays near.
    if (variation === value.length - 1 || value.length === 2) group.current?.focus();
  };
  return (
    <div ref={group} tabIndex={-1} role="group" aria-label="Line-up" className="flex w-full flex-wrap gap-1.5 outline-none sm:w-auto">
      {value.map((entry, variation) => (
        <Chip
          // A variation is its place: there is nothing else that tells two chips apart.
          key={variationLetter(variation)}
          setup={setup}
          variation={variation}
          entry={entry}
          count={value.length}
          errorId={errors?.[variation] === undefined ? undefined : errorId}
          onChange={(change) => onChange(variation, change)}
          onRepeat={(times) => onSet(repeatEntry(entry, times))}
          onRemove={value.length > 1 ? () => remove(variation) : undefined}
        />
      ))}
      {value.length < MAX_VARIATIONS && (
        <button
          type="button"
          aria-label={`Add variation ${next}`}
          title={`Add variation ${next}`}
          onClick={onAdd}
          className="inline-flex h-9 grow items-center justify-center gap-1.5 rounded-md border border-line-strong border-dashed text-body text-muted hover:bg-hover hover:text-text sm:h-[30px] sm:w-[30px] sm:grow-0"
        >
          <Plus size={14} aria-hidden="true" />
          <span className="sm:hidden">Add variation {next}</span>
        </button>
      )}
      {children}
    </div>
  );
}

interface ChipProps {
  setup: SetupResponse;
  variation: number;
  entry: LineUpEntry;
  count: number;
  errorId: string | undefined;
  onChange: (change: Partial<LineUpEntry>) => void;
  onRepeat: (times: number) => void;
  onRemove: (() => void) | undefined;
}

function Chip({ setup, variation, entry, count, errorId, onChange, onRepeat, onRemove }: ChipProps): ReactElement {
  const [open, setOpen] = useState(false);
  const letter = variationLetter(variation);
  const agent = agentName(entry);
  const model = setup.models.find(({ id }) => id === entry.model)?.label ?? modelLabel(entry.model);
  const hasInstructions = entry.instructions.trim() !== "";
  return (
    <div
      className={cx(
        "group flex h-9 w-full items-stretch rounded-md border sm:h-[30px] sm:w-auto sm:max-w-72",
        errorId === undefined ? "border-line-strong" : "border-bad",
      )}
    >
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger
          aria-label={`Variation ${letter}: ${agent}, ${model}${hasInstructions ? ", with extra instructions" : ""}. Change`}
          aria-describedby={errorId}
          data-invalid={errorId === undefined ? undefined : ""}
          className="flex min-w-0 grow items-center gap-1.5 rounded-md px-1.5 text-body hover:bg-hover"
        >
          <Letter variation={variation} />
          <span className="shrink-0 font-medium">{agent}</span>
          <span className="truncate text-muted">{model}</span>
          {hasInstructions && <NotebookPen size={12} className="shrink-0 text-muted" aria-hidden="true" />}
          <ChevronDown size={12} className="ml-auto shrink-0 text-muted" aria-hidden="true" />
        </Popover.Trigger>
        <VariationEditor
          setup={setup}
          variation={variation}
          entry={entry}
          count={count}
          onChange={onChange}
          onRepeat={onRepeat}
          onDone={() => setOpen(false)}
        />
      </Popover.Root>
      {onRemove !== undefined && (
        <button
          type="button"
          aria-label={`Take variation ${letter} out`}
          title={`Take variation ${letter} out`}
          onClick={onRemove}
          className="grid w-9 shrink-0 place-items-center rounded-md text-faint hover:bg-hover hover:text-text sm:w-6"
        >
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}
