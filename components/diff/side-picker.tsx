"use client";

import { ArrowLeftRight } from "lucide-react";
import { RadioGroup } from "radix-ui";
import type { ReactElement } from "react";
import { agentName, modelName } from "@/components/run/spec-words";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { type DiffLink, sideCommit, sideLabel, sideMark } from "@/lib/diff/diff-link";
import { type DiffSide, formatSide, parseSide, type VariationSide, variationIn } from "@/lib/diff/diff-side";
import { formatElapsed } from "@/lib/format";
import type { RunState, VariationState } from "@/lib/run/state";
import { turnsOf } from "@/lib/run/trees";

interface SidesProps {
  run: RunState;
  left: DiffSide;
  right: DiffSide;
  onChange: (next: DiffLink) => void;
}

/** What stands on the left and on the right, and the way to swap them. */
export function Sides({ run, left, right, onChange }: SidesProps): ReactElement {
  return (
    <div className="relative grid shrink-0 grid-cols-2 divide-x divide-line border-line border-b max-[700px]:grid-cols-1 max-[700px]:divide-x-0">
      <Side label="Left side" run={run} value={left} onChange={(next) => onChange({ left: next })} />
      <Side label="Right side" run={run} value={right} onChange={(next) => onChange({ right: next })} className="min-[701px]:pl-5" />
      <Button
        size="icon"
        aria-label="Swap sides"
        title="Swap sides  x"
        onClick={() => onChange({ left: right, right: left })}
        className="absolute top-1/2 left-1/2 h-[22px] w-[22px] -translate-x-1/2 -translate-y-1/2 bg-bg max-[700px]:right-3 max-[700px]:left-auto max-[700px]:translate-x-0"
      >
        <ArrowLeftRight aria-hidden="true" size={11} />
      </Button>
    </div>
  );
}

interface SideProps {
  label: string;
  run: RunState;
  value: DiffSide;
  onChange: (side: DiffSide) => void;
  className?: string;
}

function Side({ label, run, value, onChange, className }: SideProps): ReactElement {
  const base = run.base;
  const state = variationIn(value);
  const variation = state === undefined ? undefined : run.variations[state.variation];
  return (
    <div className={cx("flex h-9 min-w-0 items-center gap-2 px-3", className)}>
      <SidePicker label={label} run={run} value={value} onChange={onChange} />
      {variation !== undefined && state !== undefined && (
        <StatePicker
          label={`${label}: state of ${sideLabel({ variation: state.variation })}`}
          variation={variation}
          value={state}
          onChange={onChange}
        />
      )}
      <span className="min-w-0 truncate text-meta text-muted max-[700px]:hidden">
        {variation !== undefined ? (
          `${agentName(variation.spec)}, ${modelName(variation.spec)}`
        ) : value !== "base" ? (
          run.compositions.find(({ number }) => "composition" in value && number === value.composition)?.name
        ) : base === undefined ? (
          ""
        ) : (
          <code className="text-[11.5px]">
            {base.branch ?? run.baseRef ?? "base"} @ {base.commit.slice(0, 7)}
          </code>
        )}
      </span>
    </div>
  );
}

/** Base or a variation. Arrow keys move, as in any group of radio buttons. */
function SidePicker({ label, run, value, onChange }: Omit<SideProps, "className">): ReactElement {
  const compositions = run.compositions.filter(({ deleted }) => !deleted).map(({ number }) => ({ composition: number }));
  const sides: DiffSide[] = ["base", ...run.variations.map(({ index }) => ({ variation: index })), ...compositions];
  const state = variationIn(value);
  const chosen = state === undefined ? value : { variation: state.variation };
  return (
    <RadioGroup.Root
      aria-label={label}
      orientation="horizontal"
      value={formatSide(chosen)}
      onValueChange={(next) => onChange(parseSide(next, run.variations.length) ?? "base")}
      className="inline-flex shrink-0 overflow-hidden rounded-md border border-line-strong"
    >
      {sides.map((side) => (
        <RadioGroup.Item
          key={formatSide(side)}
          value={formatSide(side)}
          disabled={sideCommit(run, side) === undefined}
          data-v={variationIn(side) && sideLabel(side)}
          aria-label={variationIn(side) === undefined ? sideLabel(side) : `variation ${sideLabel(side)}`}
          title={sideCommit(run, side) === undefined ? `${sideLabel(side)} has no changes yet` : undefined}
          className={cx(
            "h-[22px] min-w-6 border-line-strong border-r px-1.5 font-mono text-[11.5px] last:border-r-0 hover:bg-hover focus-visible:-outline-offset-2 disabled:cursor-not-allowed disabled:opacity-40",
            variationIn(side) === undefined
              ? "data-[state=checked]:bg-primary data-[state=checked]:text-on-primary"
              : "font-semibold text-v data-[state=checked]:bg-v data-[state=checked]:text-bg",
          )}
        >
          {typeof side === "object" && "composition" in side ? `⊕${side.composition}` : sideLabel(side)}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

interface StatePickerProps {
  label: string;
  variation: VariationState;
  value: VariationSide;
  onChange: (side: DiffSide) => void;
}

/** Which of a variation's trees: as it is now, at the end of a turn, or at one of its snapshots. */
function StatePicker({ label, variation, value, onChange }: StatePickerProps): ReactElement | null {
  const { index, snapshots } = variation;
  if (snapshots.length < 2 && sideMark(variation, value) === undefined) return null;
  const turns = turnsOf(variation);
  const from = variation.startedAt ?? snapshots[0]?.at ?? 0;
  const after = (at: number): string => (at > from ? `, after ${formatElapsed(at - from)}` : "");
  return (
    <select
      aria-label={label}
      value={formatSide(value)}
      onChange={(event) => onChange(parseSide(event.target.value, index + 1) ?? { variation: index })}
      className="h-[22px] min-w-0 max-w-40 cursor-pointer rounded-md border border-line-strong bg-bg px-1 text-meta text-muted hover:bg-hover"
    >
      <option value={formatSide({ variation: index })}>newest</option>
      {turns.length > 0 && (
        <optgroup label="Turns">
          {turns.map((mark, at) => (
            <option key={mark.seq} value={formatSide({ variation: index, turn: at + 1 })}>
              turn {at + 1}
              {after(mark.at)}
            </option>
          ))}
        </optgroup>
      )}
      <optgroup label="Snapshots">
        {snapshots.map((mark, at) => (
          <option key={mark.seq} value={formatSide({ variation: index, snapshot: at + 1 })}>
            snapshot {at + 1}
            {after(mark.at)}
          </option>
        ))}
      </optgroup>
    </select>
  );
}
