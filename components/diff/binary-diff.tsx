"use client";

import type { ReactElement } from "react";
import { formatBytes } from "@/lib/format";
import type { BlobResponse } from "@/lib/protocol/http";

const IMAGE_TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  ico: "image/x-icon",
  bmp: "image/bmp",
};

/** Two versions that are no text: pictures side by side, anything else by size. */
export function BinaryDiff({ path, left, right }: { path: string; left?: BlobResponse; right?: BlobResponse }): ReactElement {
  return (
    <div className="grid h-full grid-cols-2 divide-x divide-line overflow-auto max-[700px]:grid-cols-1">
      <BinarySide path={path} blob={left} title="Before" />
      <BinarySide path={path} blob={right} title="After" />
    </div>
  );
}

function BinarySide({ path, blob, title }: { path: string; blob: BlobResponse | undefined; title: string }): ReactElement {
  const type = IMAGE_TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  const picture = type !== undefined && blob?.base64 != null ? `data:${type};base64,${blob.base64}` : undefined;
  return (
    <figure className="flex min-h-40 flex-col items-center justify-center gap-3 p-6">
      {picture !== undefined && (
        // eslint-disable-next-line @next/next/no-img-element -- the picture is in the page already: nothing to load or to optimise
        <img src={picture} alt={`${path}, ${title.toLowerCase()}`} className="max-h-[60vh] max-w-full border border-line object-contain" />
      )}
      <figcaption className="text-meta text-muted">
        {title}: {blob === undefined ? "not there" : `${picture === undefined ? "binary, " : ""}${formatBytes(blob.size)}`}
      </figcaption>
    </figure>
  );
}
