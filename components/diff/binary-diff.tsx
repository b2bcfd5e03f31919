"use client";

import type { ReactElement } from "react";
import { blobUrl } from "@/lib/client/api";
import { formatBytes } from "@/lib/format";
import type { BlobResponse, FileDiffRow } from "@/lib/protocol/trees";
import { ImageDiff } from "./image-diff";
import { Download } from "./large-file";

const IMAGE = /\.(png|jpe?g|gif|webp|avif|ico|bmp)$/i;
/** Larger ones are named, not loaded. */
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

interface BinaryDiffProps {
  runId: string;
  row: FileDiffRow;
  left: BlobResponse | undefined;
  right: BlobResponse | undefined;
  sides: { left: string; right: string };
}

/** Two versions that are no text: pictures as pictures, anything else by size and id. */
export function BinaryDiff({ runId, row, left, right, sides }: BinaryDiffProps): ReactElement {
  const leftUrl = left && blobUrl(runId, left.blob, row.old_path ?? row.path);
  const rightUrl = right && blobUrl(runId, right.blob, row.path);
  const isImage = IMAGE.test(row.path) && Math.max(left?.size ?? 0, right?.size ?? 0) <= MAX_IMAGE_BYTES;
  return (
    <div className="flex h-full min-h-0 flex-col overflow-hidden">
      {isImage && <ImageDiff path={row.path} left={leftUrl} right={rightUrl} />}
      <div className="grid shrink-0 grid-cols-2 divide-x divide-line border-line border-t max-[700px]:grid-cols-1 max-[700px]:divide-x-0">
        <Side title="Before" side={sides.left} blob={left} url={leftUrl} path={row.path} />
        <Side title="After" side={sides.right} blob={right} url={rightUrl} path={row.path} />
      </div>
      {!isImage && (
        <p className="border-line border-t px-3 py-3 text-meta text-muted">
          {row.too_large ? "Too large to compare line by line." : "A binary file: there are no lines to compare."}
          {left !== undefined && right !== undefined && left.blob === right.blob && " Both sides have the same content."}
        </p>
      )}
    </div>
  );
}

interface SideProps {
  title: string;
  side: string;
  blob: BlobResponse | undefined;
  url: string | undefined;
  path: string;
}

function Side({ title, side, blob, url, path }: SideProps): ReactElement {
  return (
    <div className="flex min-h-11 min-w-0 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-meta text-muted">
      <span>{title}:</span>
      {blob === undefined || url === undefined ? (
        <span>not there</span>
      ) : (
        <>
          <span className="text-text tabular-nums" title={`${blob.size.toLocaleString("en-US")} bytes`}>
            {formatBytes(blob.size)}
          </span>
          <code className="min-w-0 truncate" title={`git blob ${blob.blob}`}>
            {blob.blob.slice(0, 12)}
          </code>
          <span className="flex-1" />
          <Download href={url} side={side} path={path} />
        </>
      )}
    </div>
  );
}
