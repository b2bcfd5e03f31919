import type { Rejection, RunCommand } from "./commands";
import { type Composition, compositionOf } from "./composition";
import type { RunEventBody } from "./events";
import { fitOf } from "./fit-state";
import { isTerminal, type RunState } from "./state";

type CompositionCommand = Extract<RunCommand, { type: `composition.${string}` }>;

/** So many of one run may be there at once. */
export const MAX_COMPOSITIONS = 20;

/** A change and the tree that follows from it are one decision: no log has the one without the other. */
export function decideComposition(state: RunState, command: CompositionCommand): { bodies: RunEventBody[] } | { rejected: Rejection } {
  if (command.type === "composition.create") return create(state, command);
  const composition = compositionOf(state.compositions, command.number);
  if (composition === undefined || composition.deleted) return rejected("not_found", `This run has no composition ${command.number}.`);
  const { number, by } = command;
  switch (command.type) {
    case "composition.change": {
      if (composition.version !== command.version) return rejected("conflict", movedOn(composition));
      const { from, sources, files, snapshot } = command;
      const version = command.version + 1;
      return {
        bodies: [
          { type: "composition.changed", number, version, from, sources, files, by },
          { type: "composition.snapshot_taken", number, ...snapshot },
        ],
      };
    }
    case "composition.rename":
      return { bodies: composition.name === command.name ? [] : [{ type: "composition.renamed", number, name: command.name, by }] };
    case "composition.delete": {
      if (state.selection?.composition === number) {
        return rejected("conflict", `Composition ${number} is the winner of this run. Select something else first.`);
      }
      if (isFitting(state, number)) return rejected("conflict", `An agent works on composition ${number}. Stop it first.`);
      return { bodies: [{ type: "composition.deleted", number, by }] };
    }
  }
}

function create(
  { compositions }: RunState,
  command: Extract<CompositionCommand, { type: "composition.create" }>,
): { bodies: RunEventBody[] } | { rejected: Rejection } {
  const { id, name, from, sources, snapshot, by } = command;
  if (compositions.some((composition) => composition.id === id)) return { bodies: [] };
  if (compositions.filter(({ deleted }) => !deleted).length >= MAX_COMPOSITIONS) {
    return rejected("conflict", `This run has ${MAX_COMPOSITIONS} compositions already. Delete one first.`);
  }
  const number = compositions.length + 1;
  return {
    bodies: [
      { type: "composition.created", number, id, name, from, sources, by },
      { type: "composition.snapshot_taken", number, ...snapshot },
    ],
  };
}

function isFitting(state: RunState, number: number): boolean {
  const fit = fitOf(state, number);
  return fit !== undefined && !isTerminal(fit.work.status);
}

function movedOn({ number, version }: Composition): string {
  return `Composition ${number} was changed elsewhere meanwhile: it is at version ${version}. Look at it, then make your change again.`;
}

function rejected(code: Rejection["code"], message: string): { rejected: Rejection } {
  return { rejected: { code, message } };
}
