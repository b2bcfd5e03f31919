"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { problemFrom } from "@/lib/client/api";
import { changeComposition } from "@/lib/client/composition-api";
import type { Choice } from "@/lib/compare/compose";
import type { FileOutline } from "@/lib/compare/outline";
import { choicesFrom } from "@/lib/compare/ticks";
import type { ChangeCompositionRequest, ChangedCompositionResponse } from "@/lib/protocol/compositions";
import type { Composition } from "@/lib/run/composition";

/** A change as a person means it; the version is added when its turn comes. */
export type CompositionEdit = Omit<ChangeCompositionRequest, "version">;

export type SaveState = { kind: "saved" } | { kind: "saving" } | { kind: "failed"; message: string };

export interface CompositionEditor {
  save: SaveState;
  /** What is ticked in a file, also what is not saved yet. */
  choicesOf(file: FileOutline): readonly Choice[];
  /** Resolves to undefined when it was refused: `save` says why. */
  change(edit: CompositionEdit, ticked?: { path: string; choices: Choice[] }): Promise<ChangedCompositionResponse | undefined>;
  /** Asks for something that is about the newest version, once all changes so far are saved or refused. */
  latest<T>(task: (version: number) => Promise<T>): Promise<T>;
  /** The same for what makes another version; it is undone like any change. */
  take(task: (version: number) => Promise<{ version: number }>): Promise<void>;
  /** Resolves once everything that was changed so far is saved, or refused. */
  settled(): Promise<unknown>;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  dismiss(): void;
}

/** Versions to go back and forth to. */
interface Steps {
  back: readonly number[];
  forth: readonly number[];
}

/**
 * Changes of a composition, one after the other, each on the version before. What is ticked shows at once; what the server refuses is taken back
 * and said. Going back and forth writes new versions, so that nothing is ever lost.
 */
export function useComposition(runId: string, composition: Composition): CompositionEditor {
  const { number, version, files, from } = composition;
  const client = useQueryClient();
  const [pending, setPending] = useState<ReadonlyMap<string, { choices: Choice[]; until: number }>>(new Map());
  const [save, setSave] = useState<SaveState>({ kind: "saved" });
  const [steps, setSteps] = useState<Steps>(() => ({ back: composition.past.map((step) => step.version), forth: [] }));
  // What is pressed quickly twice goes two steps: where to is known when its turn comes.
  const standingSteps = useRef(steps);
  const newest = useRef(version);
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const waiting = useRef(0);
  useEffect(() => {
    newest.current = Math.max(newest.current, version);
  }, [version]);

  const send = useCallback(
    (
      editOf: (steps: Steps) => CompositionEdit | undefined,
      ticked: { path: string; choices: Choice[] } | undefined,
      next: (steps: Steps, before: number) => Steps,
    ) => {
      if (ticked !== undefined) setPending((map) => new Map(map).set(ticked.path, { choices: ticked.choices, until: Infinity }));
      waiting.current += 1;
      setSave({ kind: "saving" });
      const settle = (path: string | undefined, until: number): void => {
        if (path === undefined) return;
        setPending((map) => {
          const entry = map.get(path);
          return entry === undefined ? map : new Map(map).set(path, { ...entry, until });
        });
      };
      const run = queue.current.then(async () => {
        const before = newest.current;
        try {
          const edit = editOf(standingSteps.current);
          const answer = edit === undefined ? undefined : await changeComposition(runId, number, { ...edit, version: before });
          if (answer === undefined) {
            waiting.current -= 1;
            if (waiting.current === 0) setSave({ kind: "saved" });
            return undefined;
          }
          newest.current = Math.max(newest.current, answer.version);
          settle(ticked?.path, answer.version);
          // A new name is no new version: there is nothing to go back to.
          if (answer.version !== before) {
            standingSteps.current = next(standingSteps.current, before);
            setSteps(standingSteps.current);
          }
          waiting.current -= 1;
          if (waiting.current === 0) setSave({ kind: "saved" });
          return answer;
        } catch (error) {
          waiting.current -= 1;
          settle(ticked?.path, 0);
          setSave({ kind: "failed", message: problemFrom(error).detail });
          return undefined;
        }
      });
      queue.current = run;
      return run;
    },
    [runId, number],
  );

  const latest = useCallback(<T>(task: (version: number) => Promise<T>): Promise<T> => {
    const asked = queue.current.then(() => task(newest.current));
    queue.current = asked.catch(() => undefined);
    return asked;
  }, []);
  const take = useCallback(
    (task: (version: number) => Promise<{ version: number }>) =>
      latest(async (before) => {
        const taken = await task(before);
        newest.current = Math.max(newest.current, taken.version);
        standingSteps.current = { back: [...standingSteps.current.back, before], forth: [] };
        setSteps(standingSteps.current);
      }),
    [latest],
  );

  // What the log has by now is no longer pending.
  const standing = useMemo(() => new Map([...pending].filter(([, { until }]) => until > version)), [pending, version]);
  const go = (way: keyof Steps, next: (steps: Steps, before: number) => Steps): void => {
    const target = (now: Steps): CompositionEdit | undefined => {
      const version = now[way].at(-1);
      return version === undefined ? undefined : { as_of: version };
    };
    void send(target, undefined, next).then(() => client.invalidateQueries({ queryKey: ["composed", runId, number] }));
  };
  const change = useCallback<CompositionEditor["change"]>(
    (edit, ticked) =>
      send(
        () => edit,
        ticked,
        (now, before) => ({ back: [...now.back, before], forth: [] }),
      ),
    [send],
  );
  return {
    save,
    choicesOf: (file) => standing.get(file.path)?.choices ?? files[file.path]?.choices ?? startOf(file, from),
    change,
    latest,
    take,
    settled: () => queue.current,
    undo:
      steps.back.length === 0
        ? undefined
        : () => go("back", (now, before) => ({ back: now.back.slice(0, -1), forth: [...now.forth, before] })),
    redo:
      steps.forth.length === 0
        ? undefined
        : () => go("forth", (now, before) => ({ back: [...now.back, before], forth: now.forth.slice(0, -1) })),
    dismiss: () => setSave({ kind: "saved" }),
  };
}

/** The same list each time, so that what shows it need not be drawn anew. */
function startOf(file: FileOutline, from: number | null): readonly Choice[] {
  const known = starts.get(file) ?? new Map<number | null, readonly Choice[]>();
  starts.set(file, known);
  const choices = known.get(from) ?? choicesFrom(file, from);
  known.set(from, choices);
  return choices;
}

const starts = new WeakMap<FileOutline, Map<number | null, readonly Choice[]>>();
