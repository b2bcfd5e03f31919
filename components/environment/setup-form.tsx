"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { ChangeEnvironmentRequest, EnvironmentResponse } from "@/lib/protocol/environment";

interface SetupFormProps {
  value: EnvironmentResponse;
  onSave: (change: ChangeEnvironmentRequest, said: string) => Promise<boolean>;
}

/** The command, with the detected one in sight, and where it may reach. */
export function SetupForm({ value, onSave }: SetupFormProps): ReactElement {
  const [command, setCommand] = useState(value.setup_command ?? "");
  const [domains, setDomains] = useState(value.domains.join("\n"));
  const [enabled, setEnabled] = useState(value.enabled);
  const [seed, setSeed] = useState(value.seed_from_checkout);
  const hydrated = useHydrated();
  const id = useId();
  const { detected } = value;

  function submit(event: FormEvent): void {
    event.preventDefault();
    const listed = domains.split(/[\s,]+/).filter((one) => one !== "");
    void onSave(
      { setup_command: command.trim() || null, enabled, seed_from_checkout: seed, domains: listed },
      "Saved. The next run uses it.",
    );
  }

  return (
    <form onSubmit={submit} className="grid gap-3">
      <Check label="Set this project up" checked={enabled} onChange={setEnabled} />
      <div className="grid gap-1">
        <label htmlFor={`${id}-command`} className="text-meta text-muted">
          Command
        </label>
        <input
          id={`${id}-command`}
          value={command}
          onChange={(event) => setCommand(event.target.value)}
          placeholder={detected?.command ?? "none detected"}
          aria-describedby={`${id}-detected`}
          autoCapitalize="off"
          autoComplete="off"
          spellCheck={false}
          className="field h-9 font-mono"
        />
        <p id={`${id}-detected`} className="text-meta text-muted [overflow-wrap:anywhere]">
          {detected === null ? (
            "No lock file was found yet. Leave it empty to go by the lock file."
          ) : (
            <>
              Detected from <code>{detected.locks.join(", ")}</code>:{" "}
              <code className="text-text">{detected.command ?? detected.missing}</code>. Leave it empty to use that.
            </>
          )}
        </p>
      </div>
      <div className="grid gap-1">
        <label htmlFor={`${id}-domains`} className="text-meta text-muted">
          Hosts it may reach, one per line
        </label>
        <textarea
          id={`${id}-domains`}
          value={domains}
          onChange={(event) => setDomains(event.target.value)}
          rows={3}
          placeholder={"registry.example.org\n*.example.org:8443"}
          aria-describedby={`${id}-default`}
          spellCheck={false}
          className="field py-2 font-mono"
        />
        <p id={`${id}-default`} className="text-meta text-muted [overflow-wrap:anywhere]">
          {detected === null ? "Beside the registries of its language." : `Always: ${detected.domains.join(", ")}.`}
        </p>
      </div>
      {value.repository_url.startsWith("/") && (
        <Check label="Take over the checkout's own folders when its lock file is the same" checked={seed} onChange={setSeed} />
      )}
      <Button type="submit" kind="primary" size="medium" disabled={!hydrated} className="justify-self-start">
        Save
      </Button>
    </form>
  );
}

function Check({ label, checked, onChange }: { label: string; checked: boolean; onChange: (checked: boolean) => void }): ReactElement {
  return (
    <label className="flex items-center gap-2">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} className="size-4 accent-primary" />
      {label}
    </label>
  );
}
