import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { useHydrated } from "@/components/ui/use-hydrated";
import type { SetupResponse } from "@/lib/protocol/http";

/** Stands where the runs will be: the first one is a click away. */
export function NoRuns({ setup, onUseSample }: { setup: SetupResponse; onUseSample: () => void }): ReactElement {
  const hydrated = useHydrated();
  const { sample_repository: sample } = setup;
  if (sample === null) {
    return (
      <section aria-label="Runs" className="mt-9 rounded-md border border-line px-3.5 py-2.5 text-body text-muted">
        <b className="font-semibold text-text">No runs yet.</b> Pick a repository, say what should change, and run.
      </section>
    );
  }
  return (
    <section
      aria-label="Runs"
      className="mt-9 flex flex-col gap-3 rounded-md border border-line py-2.5 pr-3 pl-3.5 sm:flex-row sm:items-center sm:gap-4"
    >
      <p className="min-w-0 grow text-body text-muted">
        <b className="font-semibold text-text">No runs yet.</b> Try it on <span className="font-mono text-meta">{sample.name}</span>: “
        {sample.prompt}”{setup.demo && " No account, no key, about a minute."}
      </p>
      <Button className="disabled:opacity-100 max-sm:h-9" disabled={!hydrated} onClick={onUseSample}>
        Use the sample repository
      </Button>
    </section>
  );
}
