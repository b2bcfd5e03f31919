"use client";

import type { ReactElement, ReactNode } from "react";
import { landedWords } from "@/components/land/land-words";
import { formatDay, formatDuration, formatSpent } from "@/lib/format";
import { changeTotals, sourceName, totalUsage, variationLetter } from "@/lib/run/select";
import type { Landing, RunState, VariationState } from "@/lib/run/state";
import { agentName, modelName } from "./spec-words";
import { usePrinting } from "./use-printing";

/** A run on paper: what was asked, who did what, what was chosen and where it went. Not there on the screen. */
export function PrintSummary({ run }: { run: RunState }): ReactElement | null {
  const printing = usePrinting();
  if (!printing) return null;
  const { base, selection } = run;
  return (
    <article className="text-body">
      <header className="mb-4 border-line-strong border-b pb-3">
        <p className="text-meta text-muted">AIdeator · run {run.runId}</p>
        <h1 className="mt-1 font-semibold text-title">Summary of a run</h1>
        <p className="mt-1 text-meta text-muted">
          {run.repositoryName}
          {base !== undefined && ` · ${base.branch ?? run.baseRef ?? "base"} @ ${base.commit.slice(0, 12)}`}
          {` · ${formatDay(run.createdAt)} · ${formatSpent(totalUsage(run))} · ${run.status}`}
        </p>
      </header>
      <Part title="Prompt">
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{run.prompt}</p>
      </Part>
      <Part title="Line-up">
        <table className="w-full border-collapse text-left tabular-nums">
          <thead className="text-meta text-muted">
            <tr>
              {["", "Agent and model", "State", "Elapsed", "Cost", "Files", "Lines"].map((name) => (
                <th key={name} scope="col" className="border-line-strong border-b py-1 pr-3 font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {run.variations.map((variation) => (
              <Row key={variation.index} variation={variation} winner={selection?.winner === variation.index} />
            ))}
          </tbody>
        </table>
      </Part>
      <Part title="Winner">
        {selection === undefined ? (
          <p>None is selected.</p>
        ) : (
          <p>
            <b>{sourceName(selection)}</b>, on branch <code>{selection.branch}</code> at <code>{selection.commit.slice(0, 12)}</code>
            {selection.reason !== undefined && `. ${selection.reason}`}
          </p>
        )}
      </Part>
      <Part title="Landing">
        {run.landings.length === 0 ? (
          <p>Nothing was landed.</p>
        ) : (
          run.landings.map((landing) => <p key={landing.id}>{landingWords(landing)}</p>)
        )}
      </Part>
    </article>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="mb-4 break-inside-avoid">
      <h2 className="mb-1 font-semibold text-page">{title}</h2>
      {children}
    </section>
  );
}

function Row({ variation, winner }: { variation: VariationState; winner: boolean }): ReactElement {
  const { index, spec, status, startedAt, endedAt, usage, failure } = variation;
  const { files, added, deleted } = changeTotals(variation);
  const cell = "border-line border-b py-1.5 pr-3 align-top";
  return (
    <tr className="break-inside-avoid">
      <th scope="row" className={`${cell} font-semibold`}>
        {variationLetter(index)}
      </th>
      <td className={cell}>
        {agentName(spec)}, {modelName(spec)}
        {failure !== undefined && <span className="block text-meta text-muted">{failure.message}</span>}
      </td>
      <td className={cell}>{winner ? `${status}, winner` : status}</td>
      <td className={cell}>{startedAt === undefined || endedAt === undefined ? "–" : formatDuration(endedAt - startedAt)}</td>
      <td className={cell}>{formatSpent(usage)}</td>
      <td className={cell}>{files}</td>
      <td className={cell}>
        +{added} −{deleted}
      </td>
    </tr>
  );
}

function landingWords(landing: Landing): string {
  const letter = sourceName({ winner: landing.source, composition: landing.composition });
  if (landing.status === "running") return `${letter} is being landed.`;
  if (landing.status === "failed") return `${letter} was not landed: ${landing.failure.message}`;
  const { place, branch, url } = landing.outcome;
  const parts = [`${letter}: ${landedWords[landing.kind]} ${place}`, branch === undefined ? "" : `branch ${branch}`, url ?? ""];
  return parts.filter((part) => part !== "").join(", ");
}
