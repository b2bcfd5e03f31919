import { createContext } from "react";
import type { RunState } from "@/lib/run/state";

/** One side of a diff as something to comment on. */
export interface CommentSide {
  commit: string;
  /** Absent: the base. */
  variation?: number;
  /** `B, turn 2`. */
  label: string;
}

/** What the two sides of the open diff are; absent where nothing can be commented on. */
export const CommentSides = createContext<{ run: RunState; left: CommentSide; right: CommentSide } | undefined>(undefined);
