import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { problemFrom } from "@/lib/client/api";
import type { RunChecksResponse } from "@/lib/protocol/checks";
import type { RunState } from "@/lib/run/state";
import { sentence } from "./check-detail";

interface ChecksNoticeProps {
  run: RunState;
  /** What would run; undefined while nobody knows. */
  known: RunChecksResponse | undefined;
  error: Error | null;
  onRetry: () => void;
}

/** What stands in the way of checks, and what to do: no sandbox, nothing detected, no tree yet. Nothing where all is well. */
export function ChecksNotice({ run, known, error, onRetry }: ChecksNoticeProps): ReactElement | null {
  const settings = `/projects/${run.projectId}#checks`;
  if (error !== null) {
    return (
      <Notice role="alert" title="What would be checked could not be loaded." action={<Button onClick={onRetry}>Try again</Button>}>
        {problemFrom(error).detail}
      </Notice>
    );
  }
  if (known === undefined) return null;
  const { available, checks } = known;
  if (!available.possible) {
    return (
      <Notice
        title="Checks do not run here."
        action={
          <Button asChild>
            <Link href="/server">This server</Link>
          </Button>
        }
      >
        {sentence(available.reason ?? "This server has no sandbox.")} Secrets and size are still looked at.
      </Notice>
    );
  }
  const commands = checks.filter(({ command }) => command !== null);
  const editing = (
    <Button asChild>
      <Link href={settings}>Set up checks</Link>
    </Button>
  );
  if (commands.length === 0) {
    return (
      <Notice title="No checks were found in this repository." action={editing}>
        They are read from <code>package.json</code> scripts, a <code>Makefile</code>, and what pytest, tox, Go, Cargo, Maven, Gradle and
        Composer have. Name a command of your own, such as <code>npm test</code>: its exit code is enough.
      </Notice>
    );
  }
  if (!commands.some(({ enabled }) => enabled)) {
    return (
      <Notice title="All of this project’s checks are turned off." action={editing}>
        {commands.map(({ name }) => name).join(", ")}.
      </Notice>
    );
  }
  if (run.base === undefined)
    return <Notice title="There is no tree yet.">Checks begin once the base is fetched and a variation has changed something.</Notice>;
  if (run.checks.runs.length === 0) {
    return (
      <Notice title="Nothing has been checked yet.">
        {known.automatic
          ? "Each variation is checked when it ends. Run them now to know how far it is."
          : "Checks of this project run when you ask for them."}
      </Notice>
    );
  }
  return null;
}

interface NoticeProps {
  title: string;
  action?: ReactNode;
  role?: "alert";
  children: ReactNode;
}

function Notice({ title, action, role, children }: NoticeProps): ReactElement {
  return (
    <div role={role} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-line border-t bg-panel px-4 py-2.5 max-[700px]:px-3">
      <p className="min-w-0 max-w-[90ch] flex-1 basis-64 [overflow-wrap:anywhere]">
        <strong className="font-medium">{title}</strong> <span className="text-muted">{children}</span>
      </p>
      {action}
    </div>
  );
}
