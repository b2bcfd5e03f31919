"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { changeEnvironment, getEnvironment, problemFrom, putDotenv, trySetupAgain } from "@/lib/client/api";
import { formatBytes } from "@/lib/format";
import type { ChangeEnvironmentRequest, EnvironmentResponse } from "@/lib/protocol/environment";
import { DotenvForm } from "./dotenv-form";
import { SetupForm } from "./setup-form";
import { VariableForm } from "./variable-form";
import { VariableList } from "./variable-list";

/** How a project is set up: its command, the hosts that it may reach, its variables and secrets. */
export function EnvironmentView({ initial }: { initial: EnvironmentResponse }): ReactElement {
  const id = initial.project_id;
  const key = ["environment", id];
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: key, queryFn: () => getEnvironment(id), initialData: initial });
  const change = useMutation({
    mutationFn: (request: ChangeEnvironmentRequest) => changeEnvironment(id, request),
    onSuccess: (next) => client.setQueryData(key, next),
  });

  async function save(request: ChangeEnvironmentRequest, said: string): Promise<boolean> {
    try {
      await change.mutateAsync(request);
      toast.success(said);
      return true;
    } catch (error) {
      toast.error(problemFrom(error).detail);
      return false;
    }
  }

  async function tryAgain(): Promise<void> {
    try {
      client.setQueryData(key, await trySetupAgain(id));
      toast.success("The next run tries the set-up again.");
    } catch (error) {
      toast.error(problemFrom(error).detail);
    }
  }

  async function takeDotenv(text: string): Promise<boolean> {
    try {
      const { plain, ...next } = await putDotenv(id, { text });
      client.setQueryData(key, next);
      toast.success(
        plain.length === 0 ? "All taken over as secrets." : `Taken over. Too short to be secrets, so kept plain: ${plain.join(", ")}.`,
      );
      return true;
    } catch (error) {
      toast.error(problemFrom(error).detail);
      return false;
    }
  }

  return (
    <div className="grid max-w-[760px] gap-8">
      <Section title="Set-up" note="Runs once for each state of the lock file, in a sandbox; every tree gets a copy of what it installed.">
        <Last last={data.last} onTryAgain={tryAgain} />
        <SetupForm
          key={JSON.stringify([data.setup_command, data.enabled, data.seed_from_checkout, data.domains])}
          value={data}
          onSave={save}
        />
        <p className="text-meta text-muted">{formatBytes(data.kept_bytes)} of installed dependencies are kept for this project.</p>
      </Section>
      <Section title="Variables" note="Of the set-up's and the agent's commands. Anyone who can see this page can read them.">
        <VariableList
          empty="No variables yet."
          rows={data.env.map(({ name, value, expose }) => ({ name, expose, shown: value }))}
          onRemove={(name) => save({ env: { [name]: null } }, `${name} is removed.`)}
        />
        <VariableForm kind="variable" onSave={(name, value, expose) => save({ env: { [name]: { value, expose } } }, `${name} is set.`)} />
      </Section>
      <Section
        title="Secrets"
        note="Encrypted on this server, never shown again, and replaced by [redacted] in all that a run shows and logs. Agents' sandboxes have no network."
      >
        <VariableList
          empty="No secrets yet."
          rows={data.secrets.map(({ name, expose }) => ({ name, expose }))}
          onRemove={(name) => save({ secrets: { [name]: null } }, `${name} is removed.`)}
        />
        <VariableForm kind="secret" onSave={(name, value, expose) => save({ secrets: { [name]: { value, expose } } }, `${name} is set.`)} />
        <DotenvForm onTake={takeDotenv} />
      </Section>
    </div>
  );
}

function Section({ title, note, children }: { title: string; note: string; children: ReactNode }): ReactElement {
  return (
    <section className="grid min-w-0 gap-3">
      <div>
        <h2 className="font-semibold text-page">{title}</h2>
        <p className="text-meta text-muted">{note}</p>
      </div>
      {children}
    </section>
  );
}

function Last({ last, onTryAgain }: { last: EnvironmentResponse["last"]; onTryAgain: () => Promise<void> }): ReactElement | null {
  if (last === null) return <p className="text-meta text-muted">No run has needed it yet.</p>;
  const words = last.skipped ? `skipped: ${last.reason}` : last.ok ? "done" : `failed: ${last.reason}`;
  return (
    <div className="flex flex-wrap items-center gap-2 text-meta">
      <p className="min-w-0 [overflow-wrap:anywhere]">
        <span className="text-muted">Newest set-up: </span>
        {words}
      </p>
      {!last.ok && <Button onClick={() => void onTryAgain()}>Try again at the next run</Button>}
    </div>
  );
}
