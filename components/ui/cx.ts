import { type ClassValue, clsx } from "clsx";

/** Joins class names. Of two utilities for the same thing the style sheet's order wins, not theirs: give one of them (see `looks.css`). */
export function cx(...classes: ClassValue[]): string {
  return clsx(classes);
}
