import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: { classGroups: { "font-size": [{ text: ["meta", "body", "page", "title"] }] } },
});

/** Joins class names; a later utility of the same kind wins. */
export function cx(...classes: ClassValue[]): string {
  return merge(clsx(classes));
}
