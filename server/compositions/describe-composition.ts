import type { CompositionResponse } from "@/lib/protocol/compositions";
import type { Composition } from "@/lib/run/composition";
import { isSelected } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";

/** A composition on the wire. */
export function describeComposition(run: RunState, composition: Composition): CompositionResponse {
  const { number, name, from, version, by, createdAt, changedAt, snapshot, files } = composition;
  if (snapshot === undefined) throw new Error(`composition ${number} has no tree`);
  return {
    number,
    name: name ?? null,
    from,
    version,
    by,
    created_at: new Date(createdAt).toISOString(),
    changed_at: new Date(changedAt).toISOString(),
    commit: snapshot.commit,
    tree: snapshot.tree,
    totals: { files: snapshot.files, added: snapshot.added, deleted: snapshot.deleted },
    variations: snapshot.variations,
    lines: snapshot.lines,
    hand_lines: snapshot.hand,
    agent_lines: snapshot.agent ?? 0,
    files: Object.entries(files).map(([path, { choices, edit, put }]) => ({
      path,
      choices,
      edited: edit !== undefined || put !== undefined,
    })),
    selected: isSelected(run, { composition: number }),
  };
}
