"use client";

import { type ReactElement, type ReactNode, useId, useState } from "react";
import { cx } from "@/components/ui/cx";

const MODES = [
  { mode: "pair", name: "Side by side" },
  { mode: "swipe", name: "Swipe" },
  { mode: "onion", name: "Onion skin" },
] as const;
type Mode = (typeof MODES)[number]["mode"];
const ZOOMS = [
  { value: "fit", name: "Fit" },
  { value: "1", name: "100 %" },
  { value: "2", name: "200 %" },
  { value: "4", name: "400 %" },
  { value: "8", name: "800 %" },
] as const;
type Zoom = (typeof ZOOMS)[number]["value"];

/** Checks behind a picture show where it is transparent. */
const CHECKS = "bg-[repeating-conic-gradient(var(--raised)_0_25%,var(--hover)_0_50%)] bg-[length:16px_16px]";

interface Size {
  width: number;
  height: number;
}

/** Two versions of a picture: beside each other, one drawn over the other up to a line, or one shining through. */
export function ImageDiff({ path, left, right }: { path: string; left: string | undefined; right: string | undefined }): ReactElement {
  const both = left !== undefined && right !== undefined;
  const [chosen, setMode] = useState<Mode>("pair");
  const [zoom, setZoom] = useState<Zoom>("fit");
  const [share, setShare] = useState(50);
  const mode = both ? chosen : "pair";
  const slider = useId();
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-line border-b px-3 py-1.5 text-meta text-muted">
        {both && (
          <Choice
            label="How to compare"
            name="mode"
            choices={MODES.map((one) => ({ value: one.mode, name: one.name }))}
            value={mode}
            onChange={setMode}
          />
        )}
        <Choice label="Zoom" name="zoom" choices={ZOOMS} value={zoom} onChange={setZoom} />
        {mode !== "pair" && (
          <label htmlFor={slider} className="flex items-center gap-2">
            {mode === "swipe" ? "Before" : "Opacity of before"}
            <input
              id={slider}
              type="range"
              min={0}
              max={100}
              value={share}
              aria-valuetext={`${share} %`}
              onChange={(event) => setShare(Number(event.target.value))}
              className="w-40 accent-(--primary)"
            />
          </label>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-auto" tabIndex={0} role="region" aria-label="Pictures">
        {mode === "pair" ? (
          <div className="grid min-h-full grid-cols-2 divide-x divide-line max-[700px]:grid-cols-1 max-[700px]:divide-x-0 max-[700px]:divide-y">
            <Figure url={left} alt={`${path}, before`} zoom={zoom} />
            <Figure url={right} alt={`${path}, after`} zoom={zoom} />
          </div>
        ) : (
          <Stacked left={left ?? ""} right={right ?? ""} path={path} zoom={zoom} mode={mode} share={share} />
        )}
      </div>
    </div>
  );
}

function Figure({ url, alt, zoom }: { url: string | undefined; alt: string; zoom: Zoom }): ReactElement {
  const [size, setSize] = useState<Size>();
  return (
    <figure className="flex min-h-40 min-w-0 flex-col items-center justify-center gap-2 overflow-auto p-4">
      {url === undefined ? (
        <figcaption className="text-meta text-muted">not there</figcaption>
      ) : (
        <>
          <Picture url={url} alt={alt} zoom={zoom} size={size} onSize={setSize} />
          {size !== undefined && (
            <figcaption className="text-meta text-muted tabular-nums">
              {size.width} × {size.height}
            </figcaption>
          )}
        </>
      )}
    </figure>
  );
}

interface PictureProps {
  url: string;
  alt: string;
  zoom: Zoom;
  size: Size | undefined;
  onSize: (size: Size) => void;
}

function Picture({ url, alt, zoom, size, onSize }: PictureProps): ReactElement {
  const [broken, setBroken] = useState(false);
  if (broken) return <p className="text-meta text-muted">The browser cannot show this picture.</p>;
  const width = zoom === "fit" || size === undefined ? undefined : size.width * Number(zoom);
  return (
    // eslint-disable-next-line @next/next/no-img-element -- it comes from the run as it is: nothing to optimise
    <img
      src={url}
      alt={alt}
      onLoad={({ currentTarget }) => onSize({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })}
      onError={() => setBroken(true)}
      style={{ width, imageRendering: Number(zoom) > 1 ? "pixelated" : undefined }}
      className={cx(CHECKS, "border border-line", zoom === "fit" ? "max-h-[52vh] max-w-full object-contain" : "max-w-none self-start")}
    />
  );
}

interface StackedProps {
  left: string;
  right: string;
  path: string;
  zoom: Zoom;
  mode: "swipe" | "onion";
  share: number;
}

/** The older picture over the newer one, in a frame that holds both at their own size. */
function Stacked({ left, right, path, zoom, mode, share }: StackedProps): ReactElement {
  const [sizes, setSizes] = useState<{ left?: Size; right?: Size }>({});
  const frame = {
    width: Math.max(sizes.left?.width ?? 0, sizes.right?.width ?? 0),
    height: Math.max(sizes.left?.height ?? 0, sizes.right?.height ?? 0),
  };
  const known = frame.width > 0;
  const width = known
    ? zoom === "fit"
      ? `min(100%, ${frame.width}px, ${(52 * frame.width) / frame.height}vh)`
      : `${frame.width * Number(zoom)}px`
    : undefined;
  const layer = (url: string, which: "left" | "right", alt: string, over: boolean): ReactNode => (
    // eslint-disable-next-line @next/next/no-img-element -- as above
    <img
      src={url}
      alt={alt}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
        setSizes((before) => ({ ...before, [which]: { width: naturalWidth, height: naturalHeight } }))
      }
      className="absolute top-0 left-0 max-w-none"
      style={{
        width: known ? `${(100 * (sizes[which]?.width ?? 0)) / frame.width}%` : undefined,
        imageRendering: Number(zoom) > 1 ? "pixelated" : undefined,
        opacity: over && mode === "onion" ? share / 100 : undefined,
      }}
    />
  );
  return (
    <div className="flex min-h-full justify-center p-4">
      <div
        className={cx(CHECKS, "relative self-start overflow-hidden border border-line")}
        style={{ width, aspectRatio: known ? `${frame.width} / ${frame.height}` : undefined }}
      >
        {layer(right, "right", `${path}, after`, false)}
        <div className="absolute inset-0" style={{ clipPath: mode === "swipe" ? `inset(0 ${100 - share}% 0 0)` : undefined }}>
          {mode === "swipe" && <div className={cx(CHECKS, "absolute inset-0")} />}
          {layer(left, "left", `${path}, before`, true)}
        </div>
        {mode === "swipe" && <div aria-hidden="true" className="absolute inset-y-0 w-px bg-text" style={{ left: `${share}%` }} />}
      </div>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  name: string;
  choices: readonly { value: T; name: string }[];
  value: T;
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, name, choices, value, onChange }: ChoiceProps<T>): ReactElement {
  return (
    <fieldset className="flex items-center">
      <legend className="sr-only">{label}</legend>
      <div className="inline-flex overflow-hidden rounded-md border border-line-strong">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="cursor-pointer border-line-strong border-r px-2 leading-[22px] last:border-r-0 hover:bg-hover has-checked:bg-hover has-checked:text-text has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-(--a)"
          >
            <input type="radio" name={name} className="sr-only" checked={choice.value === value} onChange={() => onChange(choice.value)} />
            {choice.name}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
