"use client";

import { Check, ChevronDown, Plus, X } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactElement, useRef } from "react";
import { cx } from "@/components/ui/cx";
import { Letter } from "@/components/variation/letter";
import type { SetupResponse } from "@/lib/protocol/http";
import { MAX_VARIATIONS } from "@/lib/run/bounds";
import { variationLetter } from "@/lib/run/select";

type Models = SetupResponse["models"];

interface LineUpProps {
  models: Models;
  /** Model id per variation. */
  value: string[];
  errors?: Record<number, string>;
  errorId: string;
  onChange: (variation: number, model: string) => void;
  onAdd: () => void;
  onRemove: (variation: number) => void;
}

/** Who answers: one chip per variation, up to five. */
export function LineUp({ models, value, errors, errorId, onChange, onAdd, onRemove }: LineUpProps): ReactElement {
  const next = variationLetter(value.length);
  const group = useRef<HTMLDivElement>(null);
  const remove = (variation: number): void => {
    onRemove(variation);
    // The button that was pressed goes away with the last chip, or when only one is left: focus stays near.
    if (variation === value.length - 1 || value.length === 2) group.current?.focus();
  };
  return (
    <div ref={group} tabIndex={-1} role="group" aria-label="Line-up" className="flex w-full flex-wrap gap-1.5 outline-none sm:w-auto">
      {value.map((model, variation) => (
        <Chip
          // A variation is its place: there is nothing else that tells two chips apart.
          key={variationLetter(variation)}
          variation={variation}
          model={model}
          models={models}
          errorId={errors?.[variation] === undefined ? undefined : errorId}
          onChange={(id) => onChange(variation, id)}
          onRemove={value.length > 1 ? () => remove(variation) : undefined}
        />
      ))}
      {value.length < MAX_VARIATIONS && (
        <button
          type="button"
          aria-label={`Add variation ${next}`}
          title={`Add variation ${next}`}
          onClick={onAdd}
          className="inline-flex h-9 w-full items-center justify-center gap-1.5 rounded-md border border-line-strong border-dashed text-body text-muted hover:bg-hover hover:text-text sm:h-[30px] sm:w-[30px]"
        >
          <Plus size={14} aria-hidden="true" />
          <span className="sm:hidden">Add variation {next}</span>
        </button>
      )}
    </div>
  );
}

interface ChipProps {
  variation: number;
  model: string;
  models: Models;
  errorId: string | undefined;
  onChange: (model: string) => void;
  onRemove: (() => void) | undefined;
}

function Chip({ variation, model, models, errorId, onChange, onRemove }: ChipProps): ReactElement {
  const letter = variationLetter(variation);
  const label = models.find(({ id }) => id === model)?.label ?? model;
  return (
    <div
      className={cx(
        "flex h-9 w-full items-stretch rounded-md border border-line-strong sm:h-[30px] sm:w-auto sm:max-w-72",
        errorId !== undefined && "border-bad",
      )}
    >
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label={`Variation ${letter}: ${label}. Change the model`}
          aria-describedby={errorId}
          data-invalid={errorId === undefined ? undefined : ""}
          className="flex min-w-0 grow items-center gap-1.5 rounded-md pr-1.5 pl-1.5 text-body hover:bg-hover"
        >
          <Letter variation={variation} />
          <span className="truncate">{label}</span>
          <ChevronDown size={12} className="ml-auto shrink-0 text-muted" aria-hidden="true" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="start"
            sideOffset={6}
            collisionPadding={12}
            aria-label={`Model of variation ${letter}`}
            className="z-20 max-h-(--radix-dropdown-menu-content-available-height) min-w-48 overflow-y-auto rounded-md border border-line-strong bg-raised p-1 text-body shadow-lg"
          >
            <DropdownMenu.RadioGroup value={model} onValueChange={onChange}>
              {models.map(({ id, label: name, kind }) => (
                <DropdownMenu.RadioItem
                  key={id}
                  value={id}
                  className="flex min-h-8 cursor-default items-center gap-2 rounded pr-3 pl-2 outline-none data-[highlighted]:bg-hover"
                >
                  <span className="w-[13px] shrink-0">
                    <DropdownMenu.ItemIndicator>
                      <Check size={13} aria-hidden="true" />
                    </DropdownMenu.ItemIndicator>
                  </span>
                  <span>{name}</span>
                  {kind === "demo" && <span className="ml-auto pl-4 text-meta text-muted">scripted, no key needed</span>}
                </DropdownMenu.RadioItem>
              ))}
            </DropdownMenu.RadioGroup>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
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
