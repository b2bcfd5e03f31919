import { join } from "node:path";
import { attemptStanding } from "./attempt-standing";
import { ageOf, eachGuarded, GRACE_MS, type ReconcileContext } from "./reconcile-context";

/** Ends processes that no live attempt owns. Resolves to the attempts whose processes could not be ended: their folders are in use. */
export async function reconcileProcesses(context: ReconcileContext): Promise<Set<string>> {
  const { executor, report } = context;
  const busy = new Set<string>();
  const names = (await executor.leftovers?.()) ?? [];
  await eachGuarded(
    context,
    names,
    (name) => name,
    async (name) => {
      const why = await nobodys(context, name);
      if (why === undefined) return;
      busy.add(name);
      await executor.endLeftovers?.(name);
      busy.delete(name);
      report.actions.push({ kind: "process_ended", what: name, why });
    },
  );
  return busy;
}

/** Removes control groups and the like that no live attempt owns. */
export async function reconcileResources(context: ReconcileContext): Promise<void> {
  for (const { label, list, remove } of context.extraResources ?? []) {
    await eachGuarded(
      context,
      await list().catch(() => []),
      (name) => `${label} ${name}`,
      async (name) => {
        const why = await nobodys(context, name.replace(/^aideator-/, ""));
        if (why === undefined) return;
        await remove(name);
        context.report.actions.push({ kind: "resource_removed", what: `${label} ${name}`, why });
      },
    );
  }
}

/** Why nobody owns what is named after this attempt; undefined while somebody does or may. */
async function nobodys(context: ReconcileContext, name: string): Promise<string | undefined> {
  const standing = await attemptStanding(context, name);
  switch (standing.kind) {
    case "live":
    case "foreign":
      return undefined;
    case "ended":
      return "The attempt has ended.";
    case "unknown": {
      const age = await ageOf(context, join(context.attemptsDir, name));
      if (context.knowsNothing || (age !== undefined && age < GRACE_MS)) return undefined;
      return "There is no such run.";
    }
  }
}
