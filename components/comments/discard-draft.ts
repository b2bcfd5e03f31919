import type { StoreApi } from "zustand";
import { toast } from "@/components/ui/toast";
import type { DraftComment, DraftStore } from "./draft-store";

/** Throws a draft away; words that were in it can be taken back. */
export function discardDraft(drafts: StoreApi<DraftStore>, draft: DraftComment): void {
  drafts.getState().discard(draft.id);
  if (draft.text.trim() === "") return;
  toast.info("Draft discarded", { action: { label: "Undo", onClick: () => drafts.getState().restore(draft) } });
}
