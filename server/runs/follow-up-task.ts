import type { FollowUp } from "@/lib/protocol/follow-up";
import { earlierTurns, lastWord, recordOf } from "@/lib/run/earlier-turns";
import { messageText } from "@/lib/run/message-text";
import type { VariationState } from "@/lib/run/state";

/** What the variation's current attempt is told of its turns so far, from the log; undefined for one that works on the prompt alone. */
export function followUpOf(variation: VariationState): FollowUp | undefined {
  const mark = variation.items.findLast(({ kind }) => kind === "message" || kind === "attempt");
  if (mark?.kind !== "message" || variation.continues === undefined) return undefined;
  const turns = earlierTurns(variation.items);
  const asked = turns.map(({ messages }) => messageText(messages, variation.index));
  return {
    number: turns.length,
    earlier: turns.map((turn, at) => ({ ...(at === 0 ? {} : { asked: asked[at] }), answered: lastWord(turn) })),
    record: recordOf(turns),
    message: messageText(mark.messages, variation.index),
  };
}
