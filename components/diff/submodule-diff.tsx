import type { ReactElement } from "react";
import { entryKind } from "@/lib/diff/file-facts";
import type { FileDiffRow } from "@/lib/protocol/trees";

/** A pointer to a commit of another repository: that is all there is to see. */
export function SubmoduleDiff({ row }: { row: FileDiffRow }): ReactElement {
  const side = (mode: string | null, id: string | null): string | undefined =>
    id === null ? undefined : entryKind(mode) === "submodule" ? `commit ${id}` : `${entryKind(mode)} ${id}`;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 p-4 text-meta">
      <dt className="col-span-2 mb-1 text-body">A submodule. Its files are in another repository and are not compared here.</dt>
      <dt className="text-muted">Before</dt>
      <dd className="font-mono [overflow-wrap:anywhere]">{side(row.old_mode, row.old_blob) ?? "not there"}</dd>
      <dt className="text-muted">After</dt>
      <dd className="font-mono [overflow-wrap:anywhere]">{side(row.new_mode, row.new_blob) ?? "not there"}</dd>
    </dl>
  );
}
