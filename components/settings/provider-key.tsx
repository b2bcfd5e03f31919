"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleX } from "lucide-react";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";
import { getProvider, problemFrom, removeProviderKey, setProviderKey, testProvider } from "@/lib/client/api";
import { formatDay, formatDuration } from "@/lib/format";
import type { ProviderSettingsResponse, ProviderTestResponse } from "@/lib/protocol/settings";
import { SettingsSection } from "./settings-section";

const queryKey = ["provider"];

/** The key for calls to models: entered, tested, removed, never shown. */
export function ProviderKey({ initial }: { initial: ProviderSettingsResponse }): ReactElement {
  const queries = useQueryClient();
  const { data } = useQuery({ queryKey, queryFn: getProvider, initialData: initial });
  const [key, setKey] = useState("");
  const taken = (next: ProviderSettingsResponse): void => {
    queries.setQueryData(queryKey, next);
    setKey("");
    testing.reset();
  };
  const saving = useMutation({ mutationFn: setProviderKey, onSuccess: taken });
  const removing = useMutation({ mutationFn: removeProviderKey, onSuccess: taken });
  const testing = useMutation({ mutationFn: testProvider });
  const failed = saving.error ?? removing.error ?? testing.error;
  const hydrated = useHydrated();
  const id = useId();

  function submit(event: FormEvent): void {
    event.preventDefault();
    removing.reset();
    testing.reset();
    saving.mutate(key);
  }

  return (
    <SettingsSection
      title="Provider key"
      note="Models are called by the server alone: no agent and no page ever sees the key. It is kept encrypted and taken out of everything that runs say and log."
    >
      <dl className="grid gap-x-6 gap-y-2 text-body sm:grid-cols-[120px_1fr]">
        <dt className="text-muted">Provider</dt>
        <dd className="max-sm:-mt-1.5 [overflow-wrap:anywhere]">
          <code>{data.base_url}</code>{" "}
          <span className="text-meta text-muted">{data.base_url_from_environment ? "from ANTHROPIC_BASE_URL" : "Anthropic"}</span>
        </dd>
        <dt className="text-muted">Key</dt>
        <dd className="max-sm:-mt-1.5">{keyWords(data)}</dd>
      </dl>
      <form onSubmit={submit} className="grid max-w-[560px] gap-1.5">
        <label htmlFor={id} className="font-medium text-body">
          {data.key?.from === "settings" ? "Another key" : "New key"}
        </label>
        <div className="flex flex-wrap gap-2">
          <input
            id={id}
            type="password"
            required
            value={key}
            onChange={(event) => setKey(event.target.value)}
            placeholder="sk-ant-…"
            autoComplete="off"
            spellCheck={false}
            aria-describedby={`${id}-note ${id}-problem`}
            aria-invalid={saving.isError}
            className="field h-9 w-auto min-w-52 flex-1 font-mono"
          />
          <Button type="submit" kind="primary" size="medium" className="h-9" disabled={!hydrated || saving.isPending}>
            {saving.isPending ? "Saving…" : "Save key"}
          </Button>
        </div>
        <p id={`${id}-note`} className="text-meta text-muted">
          It counts for every call from now on, without a restart, and before ANTHROPIC_API_KEY.
        </p>
        <p id={`${id}-problem`} role="alert" className="text-bad text-meta empty:hidden">
          {failed !== null && problemWords(failed)}
        </p>
      </form>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="medium" disabled={!hydrated || data.demo || testing.isPending} onClick={() => testing.mutate()}>
          {testing.isPending ? "Asking…" : "Test"}
        </Button>
        {data.key?.from === "settings" && (
          <Button size="medium" kind="danger" disabled={removing.isPending} onClick={() => removing.mutate()}>
            Remove
          </Button>
        )}
        <span className="text-meta text-muted">
          {data.demo ? "There is nothing to test yet." : "One request for the list of models: it costs nothing."}
        </span>
      </div>
      <div role="status">{testing.data !== undefined && <TestResult result={testing.data} />}</div>
    </SettingsSection>
  );
}

function TestResult({ result }: { result: ProviderTestResponse }): ReactElement {
  const { ok, said, remedy, asked, status, took_ms } = result;
  return (
    <div className="flex max-w-[720px] gap-2.5 rounded-md border border-line px-3 py-2.5">
      {ok ? (
        <CircleCheck aria-label="It works" className="mt-0.5 size-4 shrink-0 text-ok" />
      ) : (
        <CircleX aria-label="It does not work" className="mt-0.5 size-4 shrink-0 text-bad" />
      )}
      <div className="grid min-w-0 gap-0.5">
        <p className="text-body [overflow-wrap:anywhere]">{said}</p>
        {remedy !== null && <p className="text-body text-muted">{remedy}</p>}
        <p className="text-meta text-muted tabular-nums [overflow-wrap:anywhere]">
          <code>{asked}</code> {status > 0 && `answered ${status} `}in {formatDuration(took_ms)}
        </p>
      </div>
    </div>
  );
}

function keyWords({ key, environment_key }: ProviderSettingsResponse): string {
  if (key === null) return "None is set.";
  if (key.from === "environment") return "Set by ANTHROPIC_API_KEY in the server's environment.";
  const when = key.set_at === null ? "Set" : `Set on ${formatDay(Date.parse(key.set_at))}`;
  const end = key.ends_in === null ? "" : `, ends in …${key.ends_in}`;
  return `${when}${end}.${environment_key ? " ANTHROPIC_API_KEY is set too, and not used." : ""}`;
}

function problemWords(error: unknown): string {
  const { detail, errors } = problemFrom(error);
  return errors?.[0]?.message ?? detail;
}
