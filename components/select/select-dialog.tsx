"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type KeyboardEvent, type ReactElement, type ReactNode, useState } from "react";
import { LandWays, wayDetails } from "@/components/land/land-ways";
import type { LandWay } from "@/components/land/land-words";
import { firstChoice, requestOf, useLandPreview } from "@/components/land/use-landing";
import { agentName, modelName } from "@/components/run/spec-words";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { Dialog } from "@/components/ui/dialog";
import { Key } from "@/components/ui/key";
import { SubmitKey } from "@/components/ui/submit-key";
import { toast } from "@/components/ui/toast";
import { Letter } from "@/components/variation/letter";
import { problemFrom, selectWinner } from "@/lib/client/api";
import { formatDuration, formatSpent } from "@/lib/format";
import type { Composition } from "@/lib/run/composition";
import { changeTotals, isSelected, sourceName, standingCompositions, variationLetter } from "@/lib/run/select";
import type { RunState, TreeSource, VariationState } from "@/lib/run/state";
import { type Concern, compositionConcerns, selectConcerns } from "./select-concerns";

/** Said often enough to be one click. */
const REASONS = ["Smallest diff", "Cleanest API", "Best tests", "Handles more cases", "Fastest", "Cheapest", "Only one that works"];

interface SelectDialogProps {
  run: RunState;
  /** Undefined: the person chooses here. */
  what: TreeSource | undefined;
  onClose: () => void;
  /** It is recorded: landing comes next. */
  onSelected: (what: TreeSource, way: LandWay) => void;
}

/** Picks the winner: who, why (optional), and what becomes of it. */
export function SelectDialog({ run, what, onClose, onSelected }: SelectDialogProps): ReactElement {
  const [chosen, setChosen] = useState(() => sourceOf(what ?? run.selection));
  const [tags, setTags] = useState<readonly string[]>([]);
  // Who looks at a selection again sees why it was made.
  const [words, setWords] = useState(isSelected(run, chosen) ? (run.selection?.reason ?? "") : "");
  const [way, setWay] = useState<LandWay>("branch");
  const variation = chosen.winner === undefined ? undefined : run.variations[chosen.winner];
  const composition = standingCompositions(run).find(({ number }) => number === chosen.composition);
  const name = sourceName(chosen);
  const concerns = concernsOf(run, variation, composition);
  const doubtful = concerns.some(({ tone }) => tone === "bad");
  const preview = useLandPreview(run.runId, requestOf(chosen, firstChoice("branch")), (variation ?? composition)?.snapshot !== undefined);
  const selecting = useMutation({
    mutationFn: () => {
      const reason = [tags.join(", "), words.trim()].filter((part) => part !== "").join(". ");
      const source = composition === undefined ? { winning_variation_id: chosen.winner } : { composition: composition.number };
      return selectWinner(run.runId, { ...source, ...(reason === "" ? {} : { reason }) });
    },
    onSuccess({ branch }) {
      toast.success(`${name} is selected`, { description: `Branch ${branch}` });
      onSelected(chosen, way);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    selecting.mutate();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !selecting.isPending) selecting.mutate();
  };

  return (
    <Dialog
      title={
        <>
          {variation !== undefined && <Letter variation={variation.index} className="size-6 text-meta" />} Select {name} as the winner
        </>
      }
      description={variation === undefined ? aboutComposition(composition) : aboutVariation(variation)}
      onClose={onClose}
      footer={
        <>
          <span className="min-w-0 flex-1 text-meta text-muted">You can change this later. The others are kept.</span>
          <Button kind="quiet" onClick={onClose}>
            Cancel <Key>Esc</Key>
          </Button>
          <Button
            kind={doubtful ? "danger" : "primary"}
            type="submit"
            form="select-winner"
            disabled={selecting.isPending}
            data-first-focus=""
          >
            {selecting.isPending ? "Selecting…" : `Select ${name}${doubtful ? " anyway" : ""}`}{" "}
            <SubmitKey className={cx("max-sm:hidden", doubtful && "opacity-100")} />
          </Button>
        </>
      }
    >
      <form id="select-winner" onSubmit={submit} onKeyDown={onKeyDown} className="grid gap-4">
        <Candidates run={run} chosen={chosen} onChange={setChosen} />
        <Concerns concerns={concerns} />
        <fieldset className="grid gap-2">
          <legend className="mb-2 font-semibold">
            Why? <span className="font-normal text-meta text-muted">optional, kept with the run</span>
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
        <LandWays legend="Then" kind={way} ways={preview.data?.ways} details={wayDetails(run, preview.data)} onChange={setWay} />
        <p className="-mt-1 text-meta text-muted">
          A branch stays in the run’s own repository and touches nothing else. What any other way would do is shown next, before it is done.
        </p>
        {selecting.error !== null && (
          <p role="alert" className="rounded-md border border-bad/50 px-3 py-2 text-bad">
            {problemFrom(selecting.error).detail}
          </p>
        )}
      </form>
    </Dialog>
  );
}

/** Only what names it. Index 0 where nothing does. */
function sourceOf({ winner, composition }: TreeSource = {}): TreeSource {
  return composition === undefined ? { winner: winner ?? 0 } : { composition };
}

function concernsOf(run: RunState, variation: VariationState | undefined, composition: Composition | undefined): Concern[] {
  if (variation !== undefined) return selectConcerns(run, variation);
  return composition === undefined ? [] : compositionConcerns(run, composition);
}

interface CandidatesProps {
  run: RunState;
  chosen: TreeSource;
  onChange: (what: TreeSource) => void;
}

function Candidates({ run, chosen, onChange }: CandidatesProps): ReactElement {
  return (
    <div role="radiogroup" aria-label="Winner" className="overflow-hidden rounded-md border border-line">
      {run.variations.map((variation) => (
        <Candidate
          key={variation.index}
          checked={variation.index === chosen.winner}
          totals={changeTotals(variation)}
          state={variation.status}
          onChoose={() => onChange({ winner: variation.index })}
        >
          <Letter variation={variation.index} />
          <span className="min-w-0 flex-1 truncate">
            {agentName(variation.spec)} <span className="text-muted">{modelName(variation.spec)}</span>
          </span>
        </Candidate>
      ))}
      {standingCompositions(run).map(({ number, name, snapshot }) => (
        <Candidate
          key={`composition ${number}`}
          checked={number === chosen.composition}
          totals={snapshot ?? { files: 0, added: 0, deleted: 0 }}
          state="composed"
          onChoose={() => onChange({ composition: number })}
        >
          <span className="min-w-0 flex-1 truncate">
            {sourceName({ composition: number })} <span className="text-muted">{name}</span>
          </span>
        </Candidate>
      ))}
    </div>
  );
}

interface CandidateProps {
  checked: boolean;
  totals: { files: number; added: number; deleted: number };
  state: string;
  onChoose: () => void;
  children: ReactNode;
}

function Candidate({ checked, totals: { files, added, deleted }, state, onChoose, children }: CandidateProps): ReactElement {
  return (
    <label
      className={cx(
        "flex h-9 cursor-pointer items-center gap-2.5 border-line border-b px-3 last:border-b-0 hover:bg-hover",
        checked && "bg-raised",
      )}
    >
      <input type="radio" name="winner" checked={checked} onChange={onChoose} className="accent-(--primary)" />
      {children}
      <span className="text-meta text-muted">{state}</span>
      <span className="w-36 text-right text-meta text-muted tabular-nums max-[500px]:w-auto">
        <span className={added === 0 ? "text-faint" : "text-ok"}>+{added}</span>{" "}
        <span className={deleted === 0 ? "text-faint" : "text-bad"}>−{deleted}</span>
        <span className="max-[500px]:sr-only">
          , {files} {files === 1 ? "file" : "files"}
        </span>
      </span>
    </label>
  );
}

/** What a person should know before they pick this one. */
function Concerns({ concerns }: { concerns: readonly Concern[] }): ReactElement {
  return (
    <div aria-live="polite" className="grid gap-2 empty:hidden">
      {concerns.map(({ tone, title, text }) => (
        <p
          key={title}
          className={cx(
            "rounded-md border px-3 py-2 text-meta [overflow-wrap:anywhere]",
            tone === "bad" ? "border-bad/50" : "border-warn/45",
          )}
        >
          <strong className={cx("font-semibold", tone === "bad" ? "text-bad" : "text-warn")}>{title}.</strong> {text}
        </p>
      ))}
    </div>
  );
}

function Tag({ text, on, onChange }: { text: string; on: boolean; onChange: (on: boolean) => void }): ReactElement {
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={() => onChange(!on)}
      className={cx(
        "rounded-full border px-2.5 py-0.5 text-meta hover:bg-hover",
        on ? "border-text text-text" : "border-line-strong text-muted",
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
    ...(startedAt === undefined || endedAt === undefined ? [] : [formatDuration(endedAt - startedAt)]),
    formatSpent(usage),
    ...(snapshot === undefined ? [] : [`snapshot ${snapshot.commit.slice(0, 7)}`]),
  ].join(" · ");
}

function aboutComposition(composition: Composition | undefined): string | undefined {
  if (composition?.snapshot === undefined) return undefined;
  const { name, snapshot } = composition;
  const whose = snapshot.variations.map(variationLetter).join(", ");
  const from = whose === "" ? [] : [`from ${whose}`];
  return [...(name === undefined ? [] : [name]), ...from, `snapshot ${snapshot.commit.slice(0, 7)}`].join(" · ");
}
