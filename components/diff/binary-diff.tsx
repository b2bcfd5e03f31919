"use client";

import type { ReactElement } from "react";
import { blobUrl } from "@/lib/client/api";
import { formatBytes } from "@/lib/format";
import type { BlobResponse, FileDiffRow } from "@/lib/protocol/trees";

const IMAGE = /\.(png|jpe?g|gif|webp|avif|ico|bmp)$/i;
/** Larger ones are named, not loaded. */
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

/** Two versions that are no text: pictures side by side, anything else by size. */
export function BinaryDiff(props: { runId: string; row: FileDiffRow; left?: BlobResponse; right?: BlobResponse }): ReactElement {
  const { runId, row, left, right } = props;
  return (
    <div className="grid h-full grid-cols-2 divide-x divide-line overflow-auto max-[700px]:grid-cols-1">
      <BinarySide runId={runId} row={row} blob={left} title="Before" />
      <BinarySide runId={runId} row={row} blob={right} title="After" />
    </div>
  );
}

function BinarySide(props: { runId: string; row: FileDiffRow; blob: BlobResponse | undefined; title: string }): ReactElement {
  const { runId, row, blob, title } = props;
  const { path } = row;
  const word = row.too_large ? "too large to compare, " : "binary, ";
  const shown = blob !== undefined && IMAGE.test(path) && blob.size <= MAX_IMAGE_BYTES;
  const picture = shown ? blobUrl(runId, blob.blob, path) : undefined;
  return (
    <figure className="flex min-h-40 flex-col items-center justify-center gap-3 p-6">
      {picture !== undefined && (
        // eslint-disable-next-line @next/next/no-img-element -- it comes from the run as it is: nothing to optimise
        <img src={picture} alt={`${path}, ${title.toLowerCase()}`} className="max-h-[60vh] max-w-full border border-line object-contain" />
      )}
      <figcaption className="text-meta text-muted">
        {title}: {blob === undefined ? "not there" : `${picture === undefined ? word : ""}${formatBytes(blob.size)}`}
      </figcaption>
    </figure>
  );
}
