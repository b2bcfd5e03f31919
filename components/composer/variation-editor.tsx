"use client";

import { Command } from "cmdk";
import { type KeyboardEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import type { SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { variationLetter } from "@/lib/run/select";
import { type LineUpEntry, MAX_INSTRUCTIONS } from "./line-up-entry";
import { PickerInput, PickerItem, PickerPanel } from "./picker";

interface VariationEditorProps {
  setup: SetupResponse;
  variation: number;
  entry: LineUpEntry;
  /** Variations in the line-up. */
  count: number;
  onChange: (change: Partial<LineUpEntry>) => void;
  /** This one, so many times, instead of the whole line-up. */
  onRepeat: (times: number) => void;
  onDone: () => void;
}

/** What one variation runs with: model, known or typed, and instructions of its own. */
export function VariationEditor({ setup, variation, entry, count, onChange, onRepeat, onDone }: VariationEditorProps): ReactElement {
  const letter = variationLetter(variation);
  const instructionsId = useId();
  return (
    <PickerPanel label={`Variation ${letter}`} className="w-[min(380px,calc(100vw-24px))]">
      <ModelList
        setup={setup}
        value={entry.model}
        letter={letter}
        onChoose={(model) => {
          onChange({ model });
          onDone();
        }}
      />
      <div className="grid gap-1 border-line border-t px-3 py-2.5">
        <label htmlFor={instructionsId} className="flex items-center gap-1.5 text-meta text-muted">
          Extra instructions for <Letter variation={variation} />
        </label>
        <textarea
          id={instructionsId}
          rows={3}
          maxLength={MAX_INSTRUCTIONS}
          value={entry.instructions}
          onChange={(event) => onChange({ instructions: event.target.value })}
          placeholder="Added to the prompt, for this variation only."
          className="field-sizing-content max-h-48 min-h-16 w-full resize-none rounded-md border border-line-strong bg-bg px-2 py-1.5 text-[16px] placeholder:text-faint sm:text-body"
        />
      </div>
      <Repeat letter={letter} count={count} onRepeat={onRepeat} onDone={onDone} />
    </PickerPanel>
  );
}

function ModelList({
  setup: { models, demo },
  value,
  letter,
  onChoose,
}: {
  setup: SetupResponse;
  value: string;
  letter: string;
  onChoose: (model: string) => void;
}): ReactElement {
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const found = models.filter(({ id, label }) => `${id} ${label}`.toLowerCase().includes(text.toLowerCase()));
  const isTyped = !models.some(({ id }) => id === value);
  // Without a provider nothing but the models of this server answers.
  const isNew = text !== "" && !demo && !models.some(({ id }) => id === text);
  return (
    <Command shouldFilter={false} label={`Model of variation ${letter}`} defaultValue={value}>
      <PickerInput value={typed} onChange={setTyped} placeholder={demo ? "Search models" : "Search models, or give a model id"} />
      <Command.List className="picker-list max-h-56">
        {isTyped && text === "" && (
          <PickerItem value={value} onSelect={() => onChoose(value)} checked>
            <span className="truncate">{value}</span>
          </PickerItem>
        )}
        {found.map(({ id, label, kind }) => (
          <PickerItem key={id} value={id} onSelect={() => onChoose(id)} checked={id === value}>
            <span className="truncate">{label}</span>
            {kind === "demo" && <span className="ml-auto shrink-0 pl-4 text-meta text-muted">scripted, no key needed</span>}
          </PickerItem>
        ))}
        {isNew && (
          <PickerItem value={`use ${text}`} onSelect={() => onChoose(text)} checked={false}>
            <span className="shrink-0 text-muted">Use</span>
            <span className="truncate font-mono text-meta">{text}</span>
          </PickerItem>
        )}
      </Command.List>
      {found.length === 0 && !isNew && (
        <p role="status" className="px-3 pb-2.5 text-meta text-muted">
          No model has that in its name. Other models need a provider’s key.
        </p>
      )}
    </Command>
  );
}

function Repeat({
  letter,
  count,
  onRepeat,
  onDone,
}: {
  letter: string;
  count: number;
  onRepeat: (times: number) => void;
  onDone: () => void;
}): ReactElement {
  const times = Array.from({ length: MAX_VARIATIONS }, (_, index) => index + 1);
  const onKeyDown = (event: KeyboardEvent<HTMLFieldSetElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <fieldset className="flex items-center gap-1.5 border-line border-t px-3 py-2 text-meta text-muted" onKeyDown={onKeyDown}>
      <legend className="sr-only">The same agent several times</legend>
      <span aria-hidden="true" className="mr-auto">
        Only {letter}, as often as
      </span>
      {times.map((number) => (
        <Button
          key={number}
          size="icon"
          aria-label={`Only ${letter}, ${number} ${number === 1 ? "time" : "times"}`}
          className={cx("tabular-nums max-sm:size-9", number === count && "bg-hover")}
          onClick={() => {
            onRepeat(number);
            onDone();
          }}
        >
          {number}
        </Button>
      ))}
    </fieldset>
  );
}
