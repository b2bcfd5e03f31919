"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { problemFrom } from "@/lib/client/api";
import { getProjectChecks, setProjectChecks } from "@/lib/client/check-api";
import type { ProjectChecksResponse } from "@/lib/protocol/checks";
import { sentence } from "./check-detail";
import { CheckRows } from "./check-rows";
import {
  type CheckForm,
  type FormErrors,
  formErrors,
  formOf,
  MAX_OWN_CHECKS,
  requestOf,
  serverErrors,
  takenOver,
  toggled,
} from "./check-settings";
import { OwnChecks } from "./own-checks";

/** How a project is checked: what was detected, what it adds, when and for how long it runs. */
export function ProjectChecks({ projectId }: { projectId: string }): ReactElement {
  const query = useQuery({ queryKey: ["project-checks", projectId], queryFn: () => getProjectChecks(projectId) });
  return (
    <section id="checks" aria-labelledby="checks-heading" className="grid min-w-0 scroll-mt-16 gap-3">
      <div>
        <h2 id="checks-heading" className="font-semibold text-page">
          Checks
        </h2>
        <p className="text-meta text-muted">
          Run in a sandbox on each variation’s snapshot and on the base, so that a run says what each one breaks. Found in the base of this
          project’s newest run.
        </p>
      </div>
      {query.data !== undefined ? (
        // What is typed belongs to the settings that it was typed into.
        <ChecksForm key={JSON.stringify(query.data)} value={query.data} />
      ) : query.error !== null ? (
        <div role="alert" className="grid justify-items-start gap-2 rounded-md border border-line px-3 py-2.5">
          <p className="[overflow-wrap:anywhere]">The checks could not be loaded: {problemFrom(query.error).detail}</p>
          <Button onClick={() => void query.refetch()}>Try again</Button>
        </div>
      ) : (
        <div role="status" className="h-64 rounded-md border border-line">
          <span className="sr-only">Loading the checks…</span>
        </div>
      )}
    </section>
  );
}

const none: FormErrors = new Map();

function ChecksForm({ value }: { value: ProjectChecksResponse }): ReactElement {
  const client = useQueryClient();
  const [form, setForm] = useState<CheckForm>(() => formOf(value));
  const [errors, setErrors] = useState(none);
  const [added, setAdded] = useState(0);
  const id = useId();
  const { available, checks } = value;
  const found = checks.filter(({ from, command }) => from !== null || command === null);
  const saving = useMutation({
    mutationFn: () => setProjectChecks(value.project_id, requestOf(form)),
    onSuccess(next) {
      toast.success("Checks saved");
      client.setQueryData(["project-checks", value.project_id], next);
      void client.invalidateQueries({ queryKey: ["checks"] });
    },
    onError: (error) => setErrors(serverErrors(problemFrom(error), form)),
  });

  function newKey(): string {
    setAdded(added + 1);
    return `new-${added}`;
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const wrong = formErrors(form);
    setErrors(wrong);
    if (wrong.size === 0) saving.mutate();
  }

  return (
    <form onSubmit={submit} noValidate aria-label="Checks of this project" className="grid min-w-0 gap-4">
      {!available.possible && (
        <p className="rounded-md border border-warn/45 px-3 py-2 text-meta [overflow-wrap:anywhere]">
          <strong className="font-semibold text-warn">Checks do not run here.</strong>{" "}
          {sentence(available.reason ?? "This server has no sandbox.")}
        </p>
      )}
      <CheckRows
        checks={found}
        disabled={form.disabled}
        onToggle={(check, on) => setForm(toggled(form, check, on))}
        onTakeOver={(check) => setForm(takenOver(form, check, newKey()))}
      />
      <OwnChecks form={form} checks={checks} errors={errors} onChange={setForm} />
      <div>
        <Button
          disabled={form.own.length >= MAX_OWN_CHECKS}
          onClick={() => setForm({ ...form, own: [...form.own, { key: newKey(), name: "", command: "", kind: "test" }] })}
        >
          <Plus aria-hidden="true" className="size-3.5" /> Add a check
        </Button>
      </div>
      <div className="grid gap-2">
        <Tick
          label="Check each variation as soon as it ends"
          checked={form.automatic}
          onChange={(automatic) => setForm({ ...form, automatic })}
        />
        <Tick
          label="Stop the other variations once one has ended and passes all of its checks"
          checked={form.stopWhenPassed}
          onChange={(stopWhenPassed) => setForm({ ...form, stopWhenPassed })}
        />
      </div>
      <div className="flex flex-wrap gap-4">
        <Numeric
          id={`${id}-minutes`}
          label="Minutes that one check may take"
          value={form.minutes}
          error={errors.get("minutes")}
          onChange={(minutes) => setForm({ ...form, minutes })}
        />
        <Numeric
          id={`${id}-lines`}
          label="Changed lines beyond which the size fails"
          placeholder="no limit"
          value={form.maxLines}
          error={errors.get("maxLines")}
          onChange={(maxLines) => setForm({ ...form, maxLines })}
        />
      </div>
      <p role="alert" className="text-bad text-meta [overflow-wrap:anywhere] empty:hidden">
        {errors.size > 0 && `${errors.size === 1 ? "One field has" : `${errors.size} fields have`} no usable value: see above.`}
        {errors.size === 0 && saving.error !== null && problemFrom(saving.error).detail}
      </p>
      <Button type="submit" kind="primary" size="medium" disabled={saving.isPending} className="justify-self-start">
        {saving.isPending ? "Saving…" : "Save checks"}
      </Button>
    </form>
  );
}

function Tick({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }): ReactElement {
  return (
    <label className="flex items-center gap-2">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4 shrink-0 accent-primary"
      />
      {label}
    </label>
  );
}

interface NumericProps {
  id: string;
  label: string;
  placeholder?: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Numeric({ id, label, placeholder, value, error, onChange }: NumericProps): ReactElement {
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="text-meta text-muted">
        {label}
      </label>
      <input
        id={id}
        value={value}
        placeholder={placeholder}
        inputMode="decimal"
        autoComplete="off"
        aria-invalid={error !== undefined}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onChange={(event) => onChange(event.target.value)}
        className="field h-9 tabular-nums aria-invalid:border-bad"
      />
      {error !== undefined && (
        <p id={`${id}-error`} className="max-w-64 text-bad text-meta">
          {error}
        </p>
      )}
    </div>
  );
}
