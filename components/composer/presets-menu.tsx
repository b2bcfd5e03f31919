"use client";

import { Check, Layers, Trash2 } from "lucide-react";
import { Popover } from "radix-ui";
import { type ReactElement, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { SetupResponse } from "@/lib/protocol/http";
import type { LineUpEntry } from "./line-up-entry";
import { PickerPanel } from "./picker";
import { keepPresets, lineUpSummary, MAX_PRESET_NAME, type Preset, readPresets, sameLineUp, withPreset } from "./presets";

interface PresetsMenuProps {
  setup: SetupResponse;
  value: LineUpEntry[];
  onApply: (lineUp: LineUpEntry[]) => void;
}

/** Line-ups under a name: apply one, keep the present one, throw one away. */
export function PresetsMenu({ setup, value, onApply }: PresetsMenuProps): ReactElement {
  const hydrated = useHydrated();
  const [open, setOpen] = useState(false);
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label="Saved line-ups"
        title="Saved line-ups"
        disabled={!hydrated}
        className="inline-flex h-9 w-9 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-text sm:h-[30px] sm:w-[30px]"
      >
        <Layers size={14} aria-hidden="true" />
      </Popover.Trigger>
      <PickerPanel label="Saved line-ups" className="w-[min(360px,calc(100vw-24px))]">
        <Presets
          setup={setup}
          value={value}
          onApply={(lineUp) => {
            onApply(lineUp);
            setOpen(false);
          }}
        />
      </PickerPanel>
    </Popover.Root>
  );
}

function Presets({ setup, value, onApply }: PresetsMenuProps): ReactElement {
  const [presets, setPresets] = useState(() => readPresets(setup));
  const [name, setName] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const replaces = presets.some((preset) => preset.name.toLowerCase() === name.trim().toLowerCase());

  function change(next: Preset[]): void {
    setPresets(next);
    if (!keepPresets(next)) toast.error("This browser keeps nothing: the line-up lasts as long as the page.");
  }
  function save(): void {
    if (name.trim() === "") return field.current?.focus();
    change(withPreset(presets, { name, lineUp: value }));
    setName("");
  }
  function remove(preset: Preset): void {
    change(presets.filter((one) => one !== preset));
    field.current?.focus();
    toast.info(`“${preset.name}” was thrown away`, {
      action: { label: "Undo", onClick: () => keepPresets(withPreset(readPresets(setup), preset)) },
    });
  }

  return (
    <>
      {presets.length === 0 ? (
        <p className="px-3 py-2.5 text-meta text-muted">No line-up is saved yet. Give this one a name to have it at hand.</p>
      ) : (
        <ul aria-label="Saved line-ups" className="max-h-64 overflow-y-auto p-1">
          {presets.map((preset) => (
            <li key={preset.name} className="flex items-center rounded hover:bg-hover">
              <button
                type="button"
                onClick={() => onApply(preset.lineUp)}
                className="flex min-h-10 min-w-0 grow items-center gap-2 rounded px-2 text-left sm:min-h-8"
              >
                <Check size={13} className={sameLineUp(preset.lineUp, value) ? "shrink-0" : "invisible shrink-0"} aria-hidden="true" />
                <span className="max-w-[55%] shrink-0 truncate font-medium">{preset.name}</span>
                <span className="ml-auto truncate text-meta text-muted">{lineUpSummary(preset.lineUp)}</span>
              </button>
              <Button
                kind="quiet"
                size="icon"
                aria-label={`Throw “${preset.name}” away`}
                title="Throw away"
                className="max-sm:size-10"
                onClick={() => remove(preset)}
              >
                <Trash2 size={13} aria-hidden="true" />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-center gap-2 border-line border-t p-2">
        <input
          ref={field}
          aria-label="Name for this line-up"
          value={name}
          maxLength={MAX_PRESET_NAME}
          placeholder="Name for this line-up"
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.metaKey || event.ctrlKey) return;
            event.preventDefault();
            save();
          }}
          className="h-9 min-w-0 grow rounded-md border border-line-strong bg-bg px-2 text-[16px] placeholder:text-faint sm:h-7 sm:text-body"
        />
        <Button className="max-sm:h-9" onClick={save}>
          {replaces ? "Replace" : "Save"}
        </Button>
      </div>
      <p className="px-3 pb-2 text-[11px] text-muted">Kept in this browser.</p>
    </>
  );
}
