import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { blobUrl } from "@/lib/client/api";
import { formatBytes } from "@/lib/format";
import type { FileDiffRow } from "@/lib/protocol/trees";

interface LargeFileProps {
  runId: string;
  row: FileDiffRow;
  sizes: number[];
  sides: { left: string; right: string };
  onLoad: () => void;
}

/** A file that is not opened by itself: why, and what one can do. */
export function LargeFile({ runId, row, sizes, sides, onLoad }: LargeFileProps): ReactElement {
  const size = sizes.length === 0 ? `${(row.added + row.deleted).toLocaleString("en-US")} changed lines` : formatBytes(Math.max(...sizes));
  return (
    <div className="grid justify-items-start gap-3 p-4">
      <p>
        This file is large: {size}. <span className="text-muted">To compare it here may take some seconds.</span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button onClick={onLoad}>Load it anyway</Button>
        {row.old_blob !== null && (
          <Download href={blobUrl(runId, row.old_blob, row.old_path ?? row.path)} side={sides.left} path={row.path} />
        )}
        {row.new_blob !== null && <Download href={blobUrl(runId, row.new_blob, row.path)} side={sides.right} path={row.path} />}
      </div>
    </div>
  );
}

/** A link that saves one side of a file. */
export function Download({ href, side, path }: { href: string; side: string; path: string }): ReactElement {
  return (
    <Button kind="quiet" asChild>
      <a href={href} download={path.slice(path.lastIndexOf("/") + 1)}>
        Download {side}
      </a>
    </Button>
  );
}
