"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";
import { type Exposure, exposures } from "@/lib/protocol/environment";
import { exposureWords } from "./exposure-words";

interface VariableFormProps {
  kind: "variable" | "secret";
  /** True when it was taken: the form is then empty for the next one. */
  onSave: (name: string, value: string, expose: Exposure) => Promise<boolean>;
}

/** One variable or secret, new or with a new value. */
export function VariableForm({ kind, onSave }: VariableFormProps): ReactElement {
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const [expose, setExpose] = useState<Exposure>(kind === "secret" ? "agent" : "both");
  const hydrated = useHydrated();
  const id = useId();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!(await onSave(name.trim(), value, expose))) return;
    setName("");
    setValue("");
  }

  return (
    <form onSubmit={submit} aria-label={`Set a ${kind}`} className="flex flex-wrap items-end gap-2">
      <div className="grid min-w-36 flex-1 gap-1">
        <label htmlFor={`${id}-name`} className="text-meta text-muted">
          Name
        </label>
        <input
          id={`${id}-name`}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          className="field h-9 font-mono"
        />
      </div>
      <div className="grid min-w-44 flex-[2] gap-1">
        <label htmlFor={`${id}-value`} className="text-meta text-muted">
          Value
        </label>
        <input
          id={`${id}-value`}
          type={kind === "secret" ? "password" : "text"}
          required={kind === "secret"}
          value={value}
          onChange={(event) => setValue(event.target.value)}
          autoComplete={kind === "secret" ? "new-password" : "off"}
          spellCheck={false}
          className="field h-9 font-mono"
        />
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-expose`} className="text-meta text-muted">
          For
        </label>
        <select id={`${id}-expose`} value={expose} onChange={(event) => setExpose(event.target.value as Exposure)} className="field h-9">
          {exposures.map((one) => (
            <option key={one} value={one}>
              {exposureWords[one]}
            </option>
          ))}
        </select>
      </div>
      <Button type="submit" size="medium" disabled={!hydrated} className="h-9">
        Set {kind}
      </Button>
    </form>
  );
}
