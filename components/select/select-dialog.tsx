"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, type ReactElement, useState } from "react";
import { FetchCommand } from "@/components/run/fetch-command";
import { agentName, modelName } from "@/components/run/spec-words";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { Key } from "@/components/ui/key";
import { SubmitKey } from "@/components/ui/submit-key";
import { toast } from "@/components/ui/toast";
import { Letter } from "@/components/variation/letter";
import { problemFrom, selectWinner } from "@/lib/client/api";
import { formatElapsed, formatSpent } from "@/lib/format";
import { changeTotals, variationLetter } from "@/lib/run/select";
import { isTerminal, type RunState, type VariationState } from "@/lib/run/state";

/** Said often enough to be one click. */
const REASONS = ["Smallest diff", "Cleanest API", "Best tests", "Handles more cases", "Fastest", "Only one that works"];

interface SelectDialogProps {
  run: RunState;
  /** Undefined: the person chooses here. */
  variation: number | undefined;
  onClose: () => void;
  /** It is recorded: landing comes next. */
  onSelected: (variation: number) => void;
}

/** Picks the winner: who, why (optional), and what becomes of it. */
export function SelectDialog({ run, variation, onClose, onSelected }: SelectDialogProps): ReactElement {
  const [winner, setWinner] = useState(variation ?? run.selection?.winner ?? 0);
  const [tags, setTags] = useState<readonly string[]>([]);
  const [words, setWords] = useState("");
  const chosen = run.variations[winner];
  const letter = variationLetter(winner);
  const selecting = useMutation({
    mutationFn: () => {
      const reason = [tags.join(", "), words.trim()].filter((part) => part !== "").join(". ");
      return selectWinner(run.runId, { winning_variation_id: winner, ...(reason === "" ? {} : { reason }) });
    },
    onSuccess({ branch }) {
      toast.success(`${letter} is selected`, { description: `Branch ${branch}` });
      onSelected(winner);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    selecting.mutate();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) selecting.mutate();
  };

  return (
    <Dialog
      title={
        <>
          <Letter variation={winner} className="size-6 text-meta" /> Select {letter} as the winner
        </>
      }
      description={chosen === undefined ? undefined : aboutVariation(chosen)}
      onClose={onClose}
      footer={
        <>
          <span className="min-w-0 flex-1 text-meta text-muted">You can change this later. The others are kept.</span>
          <Button kind="quiet" onClick={onClose}>
            Cancel <Key>Esc</Key>
          </Button>
          <Button kind="primary" type="submit" form="select-winner" disabled={selecting.isPending}>
            {selecting.isPending ? "Selecting…" : `Select ${letter}`} <SubmitKey className="max-sm:hidden" />
          </Button>
        </>
      }
    >
      <form id="select-winner" onSubmit={submit} onKeyDown={onKeyDown} className="grid gap-4">
        <Candidates run={run} winner={winner} onChange={setWinner} />
        {chosen !== undefined && <Warning variation={chosen} />}
        <fieldset className="grid gap-2">
          <legend className="mb-2 font-semibold">
            Why? <span className="font-normal text-meta text-muted">optional</span>
          </legend>
          <div className="flex flex-wrap gap-1.5">
            {REASONS.map((reason) => (
              <Tag
                key={reason}
                text={reason}
                on={tags.includes(reason)}
                onChange={(on) => setTags(on ? [...tags, reason] : tags.filter((one) => one !== reason))}
              />
            ))}
          </div>
          <textarea
            aria-label="Reason"
            value={words}
            maxLength={1_800}
            rows={2}
            onChange={(event) => setWords(event.target.value)}
            placeholder="What decided it?"
            className="w-full resize-y rounded-md border border-line-strong bg-bg px-3 py-2 placeholder:text-faint"
          />
        </fieldset>
        <section aria-label="What happens" className="grid gap-1.5">
          <h3 className="font-semibold">What happens</h3>
          <p className="rounded-md border border-line bg-raised px-3 py-2 text-meta text-muted">
            Its tree is kept as a branch in the run’s own repository. Your repository is not touched. Any variation can be fetched from
            there:
            <br />
            <FetchCommand runId={run.runId} branch={letter.toLowerCase()} />
          </p>
        </section>
        {selecting.error !== null && (
          <p role="alert" className="rounded-md border border-bad/50 px-3 py-2 text-bad">
            {problemFrom(selecting.error).detail}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Candidates({ run, winner, onChange }: { run: RunState; winner: number; onChange: (winner: number) => void }): ReactElement {
  return (
    <div role="radiogroup" aria-label="Winner" className="overflow-hidden rounded-md border border-line">
      {run.variations.map((variation) => {
        const { files, added, deleted } = changeTotals(variation);
        return (
          <label
            key={variation.index}
            className={cx(
              "flex h-9 cursor-pointer items-center gap-2.5 border-line border-b px-3 last:border-b-0 hover:bg-hover",
              variation.index === winner && "bg-raised",
            )}
          >
            <input
              type="radio"
              name="winner"
              checked={variation.index === winner}
              onChange={() => onChange(variation.index)}
              className="accent-(--primary)"
            />
            <Letter variation={variation.index} />
            <span className="min-w-0 flex-1 truncate">
              {agentName(variation.spec)} <span className="text-muted">{modelName(variation.spec)}</span>
            </span>
            <span className="text-meta text-muted">{variation.status}</span>
            <span className="w-36 text-right text-meta text-muted tabular-nums max-[500px]:hidden">
              <span className="text-ok">+{added}</span> <span className="text-bad">−{deleted}</span>, {files}{" "}
              {files === 1 ? "file" : "files"}
            </span>
          </label>
        );
      })}
    </div>
  );
}

/** What a person should know before they pick this one. */
function Warning({ variation }: { variation: VariationState }): ReactElement | null {
  const letter = variationLetter(variation.index);
  const text = !isTerminal(variation.status)
    ? `${letter} is still working: its last snapshot is what is kept.`
    : variation.status === "failed"
      ? `${letter} failed: ${variation.failure?.message ?? "its work may not be complete"}`
      : variation.status === "cancelled"
        ? `${letter} was stopped: its work may not be complete.`
        : changeTotals(variation).files === 0
          ? `${letter} changed nothing: its branch is the base.`
          : undefined;
  if (text === undefined) return null;
  return <p className="rounded-md border border-warn/45 px-3 py-2 text-meta text-warn">{text}</p>;
}

function Tag({ text, on, onChange }: { text: string; on: boolean; onChange: (on: boolean) => void }): ReactElement {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={() => onChange(!on)}
      className={cx(
        "rounded-full border border-line-strong px-2.5 py-0.5 text-meta text-muted hover:bg-hover",
        on && "border-text text-text",
      )}
    >
      {text}
    </button>
  );
}

function aboutVariation(variation: VariationState): string {
  const { spec, startedAt, endedAt, usage, snapshot } = variation;
  return [
    `${agentName(spec)}, ${modelName(spec)}`,
    ...(startedAt === undefined || endedAt === undefined ? [] : [formatElapsed(endedAt - startedAt)]),
    formatSpent(usage),
    ...(snapshot === undefined ? [] : [`snapshot ${snapshot.commit.slice(0, 7)}`]),
  ].join(" · ");
}
