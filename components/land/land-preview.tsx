import { TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { type ApiProblem, problemFrom } from "@/lib/client/api";
import type { LandPreviewResponse } from "@/lib/protocol/landing";

const SHOWN_COMMITS = 5;
const box = "rounded-md border border-line px-3 py-2 text-meta";

interface LandPreviewProps {
  preview: LandPreviewResponse | undefined;
  problem: ApiProblem | null;
  looking: boolean;
  /** Looks again. */
  onLook: () => void;
}

/** What landing so would do and meet, said before anything is touched. */
export function LandPreview({ preview, problem, looking, onLook }: LandPreviewProps): ReactElement {
  return (
    <section aria-label="What happens" aria-busy={looking} aria-live="polite" className="grid grid-cols-1 gap-2">
      <h3 className="flex items-center gap-2 font-semibold">
        What happens
        <span className="flex-1" />
        {(problem !== null || (preview?.blockers.length ?? 0) > 0) && (
          <Button onClick={onLook} disabled={looking}>
            Look again
          </Button>
        )}
      </h3>
      {problem !== null && <p className={`${box} border-bad/50 text-bad [overflow-wrap:anywhere]`}>{problemFrom(problem).detail}</p>}
      {problem === null && preview === undefined && <p className={`${box} text-muted`}>Looking…</p>}
      {problem === null && preview !== undefined && <Facts preview={preview} />}
    </section>
  );
}

function Facts({ preview }: { preview: LandPreviewResponse }): ReactElement {
  const { blockers, warnings, conflicts, moved } = preview;
  return (
    <>
      {blockers.map(({ code, message, remedy, paths }) => (
        <div key={code} className={`${box} grid gap-1 border-bad/50 [overflow-wrap:anywhere]`}>
          <p className="text-bad">{message}</p>
          <p>{remedy}</p>
          {paths.length > 0 && <Paths paths={paths} />}
        </div>
      ))}
      {blockers.length === 0 && <p className={`${box} text-muted [overflow-wrap:anywhere]`}>{sentence(preview)}</p>}
      {moved !== null && <Moved moved={moved} words={movedWords(preview)} />}
      {conflicts.length > 0 && <Conflicts conflicts={conflicts} certain={preview.rebases} />}
      {warnings.map((warning) => (
        <p key={warning} className="flex gap-1.5 text-meta text-warn [overflow-wrap:anywhere]">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          {warning}
        </p>
      ))}
    </>
  );
}

function sentence({ kind, branch, place, files, author, checkout }: LandPreviewResponse): string {
  const what = `${files === 1 ? "1 file" : `${files} files`}, by ${author === null ? "you" : `${author.name} <${author.email}>`}`;
  switch (kind) {
    case "branch":
      return `A commit (${what}) on branch ${branch} in ${place}.`;
    case "checkout":
      return branch === null
        ? `${what}, in ${place}${checkout?.branch === null || checkout === null ? "" : `, on ${checkout.branch}`}. Your hooks do not run.`
        : `A commit (${what}) on the new branch ${branch} in ${place}.`;
    case "push":
      return `A commit (${what}) on branch ${branch}, pushed to ${place}.`;
    case "pull_request":
      return `A commit (${what}) on branch ${branch}, and a pull request in ${place}.`;
  }
}

/** What the move means for this landing: a checkout that moved on is merged with, unless a new branch starts at the run's base. */
function movedWords({ kind, rebases, conflicts }: LandPreviewResponse): string {
  if (!rebases) return "the work stays on the old one.";
  if (conflicts.length > 0) return "the work cannot be merged with it as it is.";
  return kind === "checkout" ? "the work is merged with it, without conflicts." : "the work is brought onto it, without conflicts.";
}

function Moved({ moved, words }: { moved: NonNullable<LandPreviewResponse["moved"]>; words: string }): ReactElement {
  const { commits, total, from, to } = moved;
  return (
    <details className={box}>
      <summary className="cursor-pointer">
        The base has moved from <code>{from.slice(0, 7)}</code> to <code>{to.slice(0, 7)}</code>
        {total > 0 && `, ${total === 1 ? "1 commit" : `${total} commits`}`}: {words}
      </summary>
      <ul className="mt-1.5 grid gap-0.5">
        {commits.slice(0, SHOWN_COMMITS).map(({ commit, subject, author }) => (
          <li key={commit} className="truncate">
            <code className="text-faint">{commit.slice(0, 7)}</code> {subject} <span className="text-muted">{author}</span>
          </li>
        ))}
        {total > SHOWN_COMMITS && <li className="text-muted">and {total - SHOWN_COMMITS} more</li>}
      </ul>
    </details>
  );
}

function Conflicts({ conflicts, certain }: { conflicts: LandPreviewResponse["conflicts"]; certain: boolean }): ReactElement {
  const count = conflicts.length === 1 ? "1 file" : `${conflicts.length} files`;
  return (
    <div className={`${box} grid grid-cols-1 gap-1.5 border-warn/45`}>
      <p className="text-warn">{certain ? `Conflicts in ${count}.` : `Brought onto the moved base it would conflict in ${count}.`}</p>
      {conflicts.map(({ path, message, hunks }) => (
        <details key={path}>
          <summary className="cursor-pointer [overflow-wrap:anywhere]">
            <code>{path}</code> <span className="text-muted">{message}</span>
          </summary>
          {hunks.map(({ line, ours, theirs }) => (
            <div key={line} className="mt-1 rounded border border-line font-mono text-[12px]">
              <p className="px-2 text-faint">line {line}</p>
              <Lines label="There" lines={ours} look="bg-del text-del-text" />
              <Lines label="This variation" lines={theirs} look="bg-add text-add-text" />
            </div>
          ))}
        </details>
      ))}
    </div>
  );
}

function Lines({ label, lines, look }: { label: string; lines: string[]; look: string }): ReactElement {
  return (
    <figure className={look}>
      <figcaption className="px-2 font-sans text-[11px]">{label}</figcaption>
      <pre className="whitespace-pre-wrap px-2 [overflow-wrap:anywhere]">{lines.length === 0 ? "(nothing)" : lines.join("\n")}</pre>
    </figure>
  );
}

function Paths({ paths }: { paths: string[] }): ReactElement {
  return (
    <ul className="grid gap-0.5 font-mono text-[12px]">
      {paths.slice(0, 10).map((path) => (
        <li key={path} className="[overflow-wrap:anywhere]">
          {path}
        </li>
      ))}
      {paths.length > 10 && <li className="text-muted">and {paths.length - 10} more</li>}
    </ul>
  );
}
