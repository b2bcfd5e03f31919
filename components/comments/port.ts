import type { FileMapResponse, MapCluster, MapRow } from "@/lib/protocol/map";
import type { RunState } from "@/lib/run/state";
import { draftStore } from "./draft-store";
import { recipientsOf } from "./recipients";

/** A port is for those who have not got it: who was chosen among them, or all of them, beside those whom other drafts are for. */
export function addressPort(run: RunState, has: readonly number[]): void {
  const { to, comments, address } = draftStore(run.runId).getState();
  const lacks = (index: number): boolean => !has.includes(index);
  const chosen = to === undefined ? [] : recipientsOf(run, to, []).filter(lacks);
  const remarks = to === undefined ? comments.filter(({ port }) => !port) : [];
  const about = remarks.length === 0 ? [] : recipientsOf(run, undefined, remarks);
  const lacking = run.variations.map(({ index }) => index).filter(lacks);
  address([...new Set([...about, ...(chosen.length > 0 ? chosen : lacking)])]);
}

/** True where there is something to port, and somebody who has not got it. */
export function isPortable({ variations }: Pick<FileMapResponse, "variations">, cluster: MapCluster): boolean {
  const [first] = cluster.variations;
  return (
    first !== undefined && cluster.kind === "lines" && variations[first]?.commit != null && cluster.variations.length < variations.length
  );
}

/** Begins a draft that asks others to bring one text of a hunk into their trees; `variation` is one of those who have it. */
export function beginPort(run: RunState, map: FileMapResponse, row: MapRow, cluster: MapCluster, variation: number): void {
  const version = map.variations[variation];
  const place = row.places[variation];
  if (version?.commit == null || place == null) return;
  // A removal belongs to the lines on both sides of it.
  const from = Math.max(1, place.end > place.start ? place.start + 1 : place.start);
  const to = Math.max(from, place.end);
  addressPort(run, cluster.variations);
  draftStore(run.runId)
    .getState()
    .comment(
      {
        on: { kind: "lines", at: version.commit, path: version.path, from, to },
        variation,
        place: `${version.path}:${from}${to === from ? "" : `–${to}`}`,
        quote: (cluster.text ?? "").replace(/\n$/, ""),
      },
      { port: true, where: "lines" },
    );
}
