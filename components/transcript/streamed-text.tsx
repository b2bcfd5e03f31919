"use client";

import { memo, type ReactElement, useRef, useState } from "react";
import { AppendText } from "./append-text";
import { LazyMarkdown } from "./lazy-markdown";
import { BLOCK_LIMIT, createTextBlocks } from "./text-blocks";
import { useUnselected } from "./use-unselected";

/** A text that is being written, or was while this page looked on: finished blocks as Markdown, what is still open as it comes. */
export function StreamedText({ text, live }: { text: string; live: boolean }): ReactElement {
  const [split] = useState(createTextBlocks);
  const { pieces, tail } = split(text);
  const last = pieces.length - 1;
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
      {pieces.map((blocks, index) => (
        <Piece
          // Pieces are only ever added at the end.
          key={index}
          blocks={blocks}
          tail={index === last ? tail : undefined}
          live={index === last && live}
        />
      ))}
    </div>
  );
}

/** The tail is a block at the place that it will keep, so it is the same element once it is finished. Undefined where a piece follows. */
const Piece = memo(function Piece({
  blocks,
  tail,
  live,
}: {
  blocks: readonly string[];
  tail: string | undefined;
  live: boolean;
}): ReactElement {
  const away = tail === undefined ? "[contain-intrinsic-block-size:auto_1200px] [content-visibility:auto]" : "";
  const shown = tail === undefined || (tail.trim() === "" && !live) ? blocks : [...blocks, tail];
  return (
    <div className={`grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 ${away}`}>
      {shown.map((block, index) => (
        <Block key={index} text={block} open={live && index === shown.length - 1} />
      ))}
    </div>
  );
});

const Block = memo(function Block({ text, open }: { text: string; open: boolean }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const settled = useUnselected(box, !open);
  return (
    <div ref={box} className="min-w-0 empty:hidden">
      {settled && text.length <= BLOCK_LIMIT ? <LazyMarkdown text={text} /> : <OpenBlock text={text} caret={open} />}
    </div>
  );
});

/** As it comes: code already looks like code. */
function OpenBlock({ text, caret }: { text: string; caret: boolean }): ReactElement {
  const shown = text.replace(/^\n+/, "").trimEnd();
  const code = /^(?:`{3,}|~{3,})[^\n]*(?:\n|$)/.exec(shown)?.[0];
  const mark = caret && <span aria-hidden="true" className="ml-0.5 inline-block h-3.5 w-[7px] bg-v align-[-2px] opacity-80" />;
  if (code === undefined) {
    return (
      <div className="whitespace-pre-wrap leading-[1.55] [overflow-wrap:anywhere]">
        <AppendText text={shown} />
        {mark}
      </div>
    );
  }
  return (
    // What scrolls must be reachable by keyboard.
    <pre tabIndex={0} className="overflow-x-auto rounded-md bg-raised px-2.5 py-2 leading-relaxed">
      <AppendText text={shown.slice(code.length)} />
      {mark}
    </pre>
  );
}
