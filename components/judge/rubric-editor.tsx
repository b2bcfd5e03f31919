"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useState } from "react";
import { Button } from "@/components/ui/button";
import { problemFrom } from "@/lib/client/api";
import { setProjectRubric } from "@/lib/client/judge-api";
import { type Criterion, defaultRubric, MAX_CRITERIA, MAX_CRITERION_NAME, MAX_CRITERION_QUESTION, MAX_WEIGHT } from "@/lib/judge/rubric";

const WEIGHTS = Array.from({ length: MAX_WEIGHT }, (_, at) => at + 1);

/** By what the project's variations are judged: criteria, what each asks, and how much it counts. */
export function RubricEditor({
  projectId,
  rubric,
  onSaved,
}: {
  projectId: string;
  rubric: Criterion[];
  onSaved: () => void;
}): ReactElement {
  const [edited, setEdited] = useState<Criterion[]>();
  const save = useMutation({
    mutationFn: (next: Criterion[]) => setProjectRubric(projectId, { rubric: next }),
    onSuccess() {
      setEdited(undefined);
      onSaved();
    },
  });
  if (edited === undefined) {
    return (
      <section aria-label="Rubric" className="grid gap-1 border-line border-t pt-2.5">
        <div className="flex items-center justify-between">
          <h3 className="font-semibold">Rubric</h3>
          <Button kind="quiet" onClick={() => setEdited(rubric)}>
            Edit rubric
          </Button>
        </div>
        <ul className="grid gap-0.5 text-muted">
          {rubric.map(({ id, name, weight }) => (
            <li key={id} className="flex justify-between gap-3">
              <span className="truncate">{name}</span>
              <span className="tabular-nums">
                <span className="sr-only">weight </span>×{weight}
              </span>
            </li>
          ))}
        </ul>
      </section>
    );
  }
  const change = (at: number, part: Partial<Criterion>): void =>
    setEdited(edited.map((one, other) => (other === at ? { ...one, ...part } : one)));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate(edited);
  };
  return (
    <form onSubmit={submit} aria-label="Rubric" className="grid gap-3 border-line border-t pt-2.5">
      <h3 className="font-semibold">Rubric of this project</h3>
      {edited.map((criterion, at) => (
        <fieldset key={criterion.id} className="grid gap-1.5">
          <legend className="sr-only">Criterion {at + 1}</legend>
          <div className="grid grid-cols-[1fr_64px_26px] items-center gap-1.5">
            <input
              aria-label={`Name of criterion ${at + 1}`}
              className="field h-8"
              value={criterion.name}
              maxLength={MAX_CRITERION_NAME}
              required
              onChange={(event) => change(at, { name: event.target.value })}
            />
            <select
              aria-label={`Weight of criterion ${at + 1}`}
              className="field h-8"
              value={criterion.weight}
              onChange={(event) => change(at, { weight: Number(event.target.value) })}
            >
              {WEIGHTS.map((weight) => (
                <option key={weight} value={weight}>
                  ×{weight}
                </option>
              ))}
            </select>
            <Button
              kind="quiet"
              size="icon"
              aria-label={`Remove criterion ${at + 1}`}
              disabled={edited.length === 1}
              onClick={() => setEdited(edited.filter((_, other) => other !== at))}
            >
              ✕
            </Button>
          </div>
          <textarea
            aria-label={`Question of criterion ${at + 1}`}
            className="field field-sizing-content resize-none py-1.5"
            value={criterion.question}
            maxLength={MAX_CRITERION_QUESTION}
            required
            onChange={(event) => change(at, { question: event.target.value })}
          />
        </fieldset>
      ))}
      {save.error !== null && (
        <p role="alert" className="text-bad">
          {problemFrom(save.error).detail}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button disabled={edited.length >= MAX_CRITERIA} onClick={() => setEdited([...edited, fresh(edited)])}>
          Add criterion
        </Button>
        <Button kind="quiet" onClick={() => setEdited([...defaultRubric])}>
          Default
        </Button>
        <span className="flex-1" />
        <Button kind="quiet" onClick={() => setEdited(undefined)}>
          Cancel
        </Button>
        <Button kind="primary" type="submit" disabled={save.isPending}>
          Save rubric
        </Button>
      </div>
    </form>
  );
}

/** With an id that none of them has. */
function fresh(rubric: readonly Criterion[]): Criterion {
  for (let number = 1; ; number += 1) {
    const id = `own-${number}`;
    if (!rubric.some((one) => one.id === id)) return { id, name: "", question: "", weight: 2 };
  }
}
