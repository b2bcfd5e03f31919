"use client";

import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import type { CoverageCounts, NamedFinding, NamedTest } from "@/lib/run/check-events";
import { type DetailGroup, type GroupTone, lineRanges } from "./detail-groups";
import { FilePlace } from "./diff-place";

/** More are asked for: a broken set-up may fail thousands. */
const SHOWN_AT_FIRST = 20;
const titleLook: Record<GroupTone, string> = { bad: "text-bad", warn: "text-warn", ok: "text-ok", quiet: "text-muted" };
const signs: Record<GroupTone, string> = { bad: "✕", warn: "!", ok: "✓", quiet: "–" };

interface GroupProps<T> {
  group: DetailGroup<T>;
  /** More of it is on the way. */
  isPending: boolean;
  render: (item: T) => ReactNode;
  keyOf: (item: T) => string;
}

/** One group, folded where it is not what one came for. */
function Group<T>({ group, isPending, render, keyOf }: GroupProps<T>): ReactElement {
  const [limit, setLimit] = useState(SHOWN_AT_FIRST);
  const { title, tone, count, items, open } = group;
  const shown = items.slice(0, limit);
  return (
    <details open={open} className="min-w-0">
      <summary className={cx("w-fit cursor-pointer select-none rounded-sm py-0.5 font-medium", titleLook[tone])}>
        {title} <span className="font-normal tabular-nums">{count}</span>
      </summary>
      <ul className="grid gap-1 pt-0.5 pb-1.5">
        {shown.map((item, at) => (
          <li key={`${at} ${keyOf(item)}`} className="flex min-w-0 gap-2 pl-4">
            <span aria-hidden="true" className={cx("w-2 shrink-0 text-center font-semibold text-[10px] leading-[18px]", titleLook[tone])}>
              {signs[tone]}
            </span>
            <div className="min-w-0 flex-1">{render(item)}</div>
          </li>
        ))}
      </ul>
      {items.length > limit && (
        <Button kind="quiet" className="mb-1.5 ml-4" onClick={() => setLimit(limit + 200)}>
          {Math.min(200, items.length - limit)} more
        </Button>
      )}
      {items.length < count && items.length <= limit && (
        <p className="pb-1.5 pl-8 text-muted">
          {isPending
            ? "Loading the rest…"
            : items.length === 0
              ? "Their names are not kept."
              : `${count - items.length} more are not named.`}
        </p>
      )}
    </details>
  );
}

export function TestGroups({
  groups,
  target,
  changed,
  isPending,
}: {
  groups: readonly DetailGroup<NamedTest>[];
  target: string;
  /** Files that the target changed: their names lead into the diff. */
  changed: ReadonlySet<string>;
  isPending: boolean;
}): ReactElement {
  return (
    <>
      {groups.map((group) => (
        <Group
          key={group.key}
          group={group}
          isPending={isPending}
          keyOf={({ file, name }) => `${file} ${name}`}
          render={({ name, file, message }) => (
            <>
              <p className="[overflow-wrap:anywhere]">
                {file !== undefined &&
                  (changed.has(file) ? <FilePlace target={target} file={file} /> : <code className="text-muted">{file}</code>)}{" "}
                {name}
              </p>
              {message !== undefined && message.trim() !== "" && <Message text={message} />}
            </>
          )}
        />
      ))}
    </>
  );
}

/** What a test said; what it expected and what it got have the colours of a diff. */
export function Message({ text }: { text: string }): ReactElement {
  return (
    <pre tabIndex={0} role="group" aria-label="What it said" className="max-h-72 overflow-auto py-1 text-muted leading-[1.55]">
      {text
        .trimEnd()
        .split("\n")
        .map((line, at) => (
          <span
            key={`${at} ${line}`}
            className={cx("block", /^\s*-(?!-)/.test(line) ? "text-ok" : /^\s*\+(?!\+)/.test(line) ? "text-bad" : undefined)}
          >
            {line === "" ? " " : line}
          </span>
        ))}
    </pre>
  );
}

export function FindingGroups({
  groups,
  target,
  isPending,
}: {
  groups: readonly DetailGroup<NamedFinding>[];
  target: string;
  isPending: boolean;
}): ReactElement {
  return (
    <>
      {groups.map((group) => (
        <Group
          key={group.key}
          group={group}
          isPending={isPending}
          keyOf={({ file, line, rule }) => `${file}:${line} ${rule}`}
          render={({ file, line, rule, severity, message }) => (
            <p className="[overflow-wrap:anywhere]">
              {file !== "" && <FilePlace target={group.key === "fixed" ? "base" : target} file={file} line={line} />}{" "}
              <span className="text-muted">{severity}</span> {message} {rule !== "" && <code className="text-faint">{rule}</code>}
            </p>
          )}
        />
      ))}
    </>
  );
}

/** Which changed lines no test ran. */
export function MissedLines({ coverage, target }: { coverage: CoverageCounts; target: string }): ReactElement | null {
  const { covered, coverable, missed } = coverage;
  if (coverable === 0) return null;
  return (
    <div>
      <p className="py-0.5">
        <span className="font-medium">Changed lines that ran</span>{" "}
        <span className="text-muted tabular-nums">
          {covered} of {coverable}
        </span>
      </p>
      <ul className="grid gap-1 pb-1.5 pl-4">
        {missed.map(({ path, lines }) => (
          <li key={path} className="[overflow-wrap:anywhere]">
            <span className="text-muted">never ran:</span> <FilePlace target={target} file={path} line={lines[0]} />{" "}
            <span className="text-muted tabular-nums">lines {lineRanges(lines).join(", ")}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
