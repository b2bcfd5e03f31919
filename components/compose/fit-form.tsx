"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { modelName } from "@/components/run/spec-words";
import { Button } from "@/components/ui/button";
import { startFit } from "@/lib/client/fit-api";
import { formatDollars } from "@/lib/format";
import { MAX_FIT_WISH } from "@/lib/protocol/bounds";
import type { Composition } from "@/lib/run/composition";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import type { CompositionEditor } from "./use-composition";

interface FitFormProps {
  run: RunState;
  composition: Composition;
  editor: CompositionEditor;
  onAsked: () => void;
  onCancel: () => void;
}

/** Who is asked, and what the person adds. */
export function FitForm({ run, composition, editor, onAsked, onCancel }: FitFormProps): ReactElement {
  const id = useId();
  const [key] = useState(() => crypto.randomUUID());
  const models = modelsOf(run, composition);
  const [model, setModel] = useState(models[0]?.model);
  const [wish, setWish] = useState("");
  const asking = useMutation({
    mutationFn: () =>
      editor.latest((version) =>
        startFit(run.runId, composition.number, { version, model, ...(wish.trim() === "" ? {} : { wish: wish.trim() }) }, key),
      ),
    onSuccess: onAsked,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    asking.mutate();
  };
  const spent =
    run.maxDollars === undefined ? "The limits of that variation hold." : `Counts into the run’s ${formatDollars(run.maxDollars)}.`;
  return (
    <form onSubmit={submit} className="grid gap-2">
      <label htmlFor={`${id}-model`} className="text-muted">
        Model
      </label>
      <select
        id={`${id}-model`}
        value={model}
        onChange={(event) => setModel(event.target.value)}
        className="h-[26px] min-w-0 rounded-md border border-line-strong bg-bg px-1"
      >
        {models.map((one) => (
          <option key={one.model} value={one.model}>
            {modelName(one)} ({one.letters})
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-wish`} className="text-muted">
        Anything to add? <span className="text-faint">Optional</span>
      </label>
      <textarea
        id={`${id}-wish`}
        // It was opened to be written in.
        autoFocus
        rows={3}
        value={wish}
        maxLength={MAX_FIT_WISH}
        onChange={(event) => setWish(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
          if (event.key === "Escape") onCancel();
        }}
        placeholder="Keep B’s cap on vouchers"
        className="field py-1.5"
      />
      <p className="text-muted">It gets the prompt, where each part is from, what conflicts and which checks fail. {spent}</p>
      <div className="flex gap-2">
        <Button type="submit" kind="primary" disabled={asking.isPending}>
          {asking.isPending ? "Asking…" : "Ask the agent"}
        </Button>
        <Button kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      {asking.error !== null && (
        <p role="alert" className="text-bad [overflow-wrap:anywhere]">
          {asking.error.message}
        </p>
      )}
    </form>
  );
}

/** The models of the line-up, that of the variation that gave most first, each with who has it. */
export function modelsOf(
  { variations }: Pick<RunState, "variations">,
  { snapshot, from }: Composition,
): { model: string; letters: string }[] {
  const gave = (index: number): number => (snapshot?.lines[index] ?? 0) + (index === from ? 0.5 : 0);
  const letters = new Map<string, string>();
  for (const { index, spec } of variations.toSorted((one, other) => gave(other.index) - gave(one.index))) {
    letters.set(spec.model, [...(letters.get(spec.model) ?? ""), variationLetter(index)].sort().join(""));
  }
  return [...letters].map(([model, of]) => ({ model, letters: of }));
}
