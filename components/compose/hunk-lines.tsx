"use client";

import { type KeyboardEvent, type MouseEvent, type ReactElement, useId, useRef, useState } from "react";
import { cx } from "@/components/ui/cx";
import type { PickedLines } from "@/lib/compare/line-picks";
import { pickedOf, type ShownLine } from "./hunk-texts";

interface HunkLinesProps {
  /** What the list is called. */
  label: string;
  lines: readonly ShownLine[];
  /** By place in `lines`. */
  ticked: readonly boolean[];
  /** What a line would replace, where it would replace something. */
  warnings: readonly (string | undefined)[];
  onPick: (lines: PickedLines) => void;
}

/**
 * The lines of a version, each to be ticked: with a click (shift: as far as here), with Space, or by walking over them with shift held. What is
 * the base's stands between them and cannot be ticked.
 */
export function HunkLines({ label, lines, ticked, warnings, onPick }: HunkLinesProps): ReactElement {
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const places = lines.flatMap(({ kind }, at) => (kind === "kept" ? [] : [at]));
  const [active, setActive] = useState(places[0] ?? 0);
  const [anchor, setAnchor] = useState(places[0] ?? 0);
  const here = lines[active] === undefined || lines[active].kind === "kept" ? (places[0] ?? 0) : active;

  const set = (from: number, to: number, on: boolean): void => {
    const [first, last] = [Math.min(from, to), Math.max(from, to)];
    onPick(pickedOf(lines, (_, at) => (first <= at && at <= last ? on : (ticked[at] ?? false))));
  };
  const toggle = (at: number): void => {
    setAnchor(at);
    set(at, at, ticked[at] !== true);
  };
  const go = (at: number): void => {
    setActive(at);
    list.current?.querySelector<HTMLElement>(`[data-line="${at}"]`)?.focus();
  };
  const onClick = (event: MouseEvent, at: number): void => {
    // Somebody marks text to copy it.
    if (window.getSelection()?.type === "Range") return;
    go(at);
    if (event.shiftKey) set(anchor, at, ticked[anchor] === true);
    else toggle(at);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const all = (event.ctrlKey || event.metaKey) && event.key === "a";
    if (step === undefined && !all && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (all) return set(0, lines.length, !places.every((at) => ticked[at]));
    if (step === undefined) return toggle(here);
    const next = places[Math.max(0, Math.min(places.length - 1, places.indexOf(here) + step))] ?? here;
    go(next);
    if (event.shiftKey) set(anchor, next, ticked[anchor] === true);
    else setAnchor(next);
  };

  return (
    <div
      ref={list}
      role="listbox"
      aria-multiselectable="true"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="min-w-max pb-1 font-mono text-[11.5px] leading-[18px]"
    >
      {lines.map((line, at) => {
        const { kind, text } = line;
        if (kind === "kept") {
          return (
            <div key={at} aria-hidden="true" className="flex whitespace-pre pr-2.5 text-muted">
              <span className="w-7 shrink-0" /> {"  "}
              {text}
            </div>
          );
        }
        const on = ticked[at] === true;
        const warning = warnings[at];
        return (
          <div
            key={at}
            role="option"
            data-line={at}
            tabIndex={at === here ? 0 : -1}
            aria-selected={on}
            aria-label={`${kind === "added" ? "adds" : `removes ${line.line + 1}`}: ${text.trim() === "" ? "empty line" : text}`}
            aria-describedby={warning === undefined ? undefined : `${id}-${at}`}
            title={warning === undefined ? undefined : `⚠ ${warning}`}
            onMouseDown={(event) => event.shiftKey && event.preventDefault()}
            onClick={(event) => onClick(event, at)}
            className={cx(
              "flex min-h-[18px] cursor-pointer whitespace-pre pr-2.5 hover:bg-hover focus-visible:-outline-offset-1 max-[900px]:min-h-7 max-[900px]:items-center",
              kind === "added" ? "text-add-text" : "text-del-text",
              on && (kind === "added" ? "bg-add" : "bg-del"),
            )}
          >
            <span aria-hidden="true" className="grid w-7 shrink-0 place-items-center">
              <span
                className={cx(
                  "grid size-3 place-items-center rounded-[3px] border font-bold text-[9px] leading-none",
                  on ? "border-v bg-v text-bg" : warning === undefined ? "border-muted" : "border-warn text-warn",
                )}
              >
                {on ? "✓" : warning === undefined ? "" : "!"}
              </span>
            </span>
            <span aria-hidden="true">
              {kind === "added" ? "+" : "−"} {text}
            </span>
            {warning !== undefined && (
              <span id={`${id}-${at}`} className="sr-only">
                {warning}
              </span>
            )}
          </div>
        );
      })}
    </div>
  );
}
