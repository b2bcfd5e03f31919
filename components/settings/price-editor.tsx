"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { useHydrated } from "@/components/ui/use-hydrated";
import { getPrices, problemFrom, replacePrices, resetPrices } from "@/lib/client/api";
import type { PricesResponse } from "@/lib/protocol/spending";
import { emptyRow, type PriceErrors, type PriceRow, rowsOf, tableOf } from "./price-rows";
import { PriceTableFields } from "./price-table-fields";
import { SettingsSection } from "./settings-section";

interface PriceEditorProps {
  initial: PricesResponse;
  /** Models that this version knows. */
  known: readonly string[];
}

/** The price list: read, edited as a whole, or put back. */
export function PriceEditor({ initial, known }: PriceEditorProps): ReactElement {
  const { data } = useQuery({ queryKey: ["prices"], queryFn: getPrices, initialData: initial });
  return (
    <SettingsSection
      title="Models and prices"
      note="US dollars per million tokens. Prices count for every call from now on; what was charged stays as it was. A model that is not in the list is metered in tokens only, and no cap in dollars lets it through."
    >
      {/* What is typed belongs to the list that it was typed into. */}
      <PriceForm key={JSON.stringify(data)} value={data} known={known} />
    </SettingsSection>
  );
}

const none: PriceErrors = new Map();

function PriceForm({ value, known }: { value: PricesResponse; known: readonly string[] }): ReactElement {
  const queries = useQueryClient();
  const [rows, setRows] = useState<readonly PriceRow[]>(() => rowsOf(value));
  const [source, setSource] = useState(value.source);
  const [date, setDate] = useState(value.date);
  const [errors, setErrors] = useState(none);
  const [added, setAdded] = useState(0);
  const hydrated = useHydrated();
  const id = useId();
  const taken = (said: string) => (next: PricesResponse) => {
    queries.setQueryData(["prices"], next);
    toast.success(said);
  };
  const saving = useMutation({ mutationFn: replacePrices, onSuccess: taken("Prices saved") });
  const resetting = useMutation({ mutationFn: resetPrices, onSuccess: taken("The built-in prices are back") });
  const failed = saving.error ?? resetting.error;
  const unpriced = known.filter((model) => !rows.some((row) => model === row.model.trim() || model.startsWith(`${row.model.trim()}-`)));

  function add(model = ""): void {
    setAdded(added + 1);
    setRows([...rows, emptyRow(`new-${added}`, model)]);
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const { models, errors: found } = tableOf(rows);
    setErrors(found);
    if (found.size === 0) saving.mutate({ source: source.trim(), date, models });
  }

  return (
    <form onSubmit={submit} className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
      <div className="flex flex-wrap items-end gap-3">
        <div className="grid min-w-56 flex-1 gap-1">
          <label htmlFor={`${id}-source`} className="text-meta text-muted">
            Where the prices come from
          </label>
          <input
            id={`${id}-source`}
            required
            maxLength={300}
            value={source}
            onChange={(event) => setSource(event.target.value)}
            className="field h-9"
          />
        </div>
        <div className="grid gap-1">
          <label htmlFor={`${id}-date`} className="text-meta text-muted">
            Read on
          </label>
          <input
            id={`${id}-date`}
            type="date"
            required
            value={date}
            onChange={(event) => setDate(event.target.value)}
            className="field h-9 w-40"
          />
        </div>
        <p className="pb-2 text-meta text-muted">{value.edited ? "Edited on this server" : "The list that this version came with"}</p>
      </div>
      <PriceTableFields rows={rows} errors={errors} onChange={setRows} />
      <div className="flex flex-wrap items-center gap-2">
        <Button onClick={() => add()}>
          <Plus aria-hidden="true" className="size-3.5" /> Add a model
        </Button>
        {unpriced.length > 0 && (
          <span className="flex min-w-0 flex-wrap items-center gap-1.5 text-meta text-muted">
            Known, without a price:
            {unpriced.map((model) => (
              <Button key={model} kind="quiet" onClick={() => add(model)} className="font-mono" aria-label={`Add ${model}`}>
                {model}
              </Button>
            ))}
          </span>
        )}
      </div>
      <p role="alert" className="text-bad text-meta empty:hidden">
        {errors.size > 0 && `${errors.size === 1 ? "One field has" : `${errors.size} fields have`} no usable value: see above.`}
        {errors.size === 0 && failed !== null && problemFrom(failed).detail}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary" size="medium" disabled={!hydrated || saving.isPending}>
          {saving.isPending ? "Saving…" : "Save prices"}
        </Button>
        {value.edited && (
          <Button size="medium" disabled={resetting.isPending} onClick={() => resetting.mutate()}>
            Back to the built-in list
          </Button>
        )}
      </div>
    </form>
  );
}
