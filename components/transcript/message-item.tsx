import type { ReactElement } from "react";
import type { TranscriptItem } from "@/lib/run/state";

export function MessageItem({ item }: { item: Extract<TranscriptItem, { kind: "message" }> }): ReactElement {
  return <div>{item.messages.length}</div>;
}
