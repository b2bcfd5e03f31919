import { memo, type ReactElement } from "react";
import { cx } from "@/components/ui/cx";
import type { TranscriptItem as Item } from "@/lib/run/state";
import { TranscriptItem } from "./transcript-item";

/** Items per chunk: enough to make a long transcript cheap, few enough that one chunk is. */
export const CHUNK_ITEMS = 50;

interface ChunkProps {
  items: readonly Item[];
  from: number;
  /** The chunk at the end of the transcript: always laid out, and its last item may be growing. */
  last: boolean;
  streaming: boolean;
  /** Index of the newest attempt's mark: what stands above it has ended. */
  attemptAt: number;
  ended: boolean;
}

/** A piece of a transcript that the browser skips while it is out of sight. */
export const TranscriptChunk = memo(function TranscriptChunk(props: ChunkProps): ReactElement {
  const { items, from, last, streaming, attemptAt, ended } = props;
  return (
    <div
      className={cx(
        "grid grid-cols-[minmax(0,1fr)] gap-2",
        !last && "[contain-intrinsic-block-size:auto_1600px] [content-visibility:auto]",
      )}
    >
      {items.slice(from, from + CHUNK_ITEMS).map((item, index) => {
        const at = from + index;
        return <TranscriptItem key={item.seq} item={item} live={streaming && at === items.length - 1} ended={ended || at < attemptAt} />;
      })}
    </div>
  );
}, sameChunk);

/** `items` is another list with every event: what counts is whether this chunk's own items are the same. */
function sameChunk(before: ChunkProps, after: ChunkProps): boolean {
  if (before.from !== after.from || before.last !== after.last || before.ended !== after.ended) return false;
  if (before.attemptAt !== after.attemptAt) return false;
  if (after.last && (before.streaming !== after.streaming || before.items.length !== after.items.length)) return false;
  for (let at = after.from; at < after.from + CHUNK_ITEMS; at += 1) if (before.items[at] !== after.items[at]) return false;
  return true;
}
