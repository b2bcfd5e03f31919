import type { ExternalToast } from "sonner";

/** Messages come long after a page does: what shows them is loaded with the first one. */
function show(kind: "success" | "error" | "info", message: string, options?: ExternalToast): void {
  void import("sonner").then(({ toast: sonner }) => sonner[kind](message, options));
}

/** Says what happened elsewhere; what is visible on the page itself needs no word. */
export const toast = {
  success: (message: string, options?: ExternalToast) => show("success", message, options),
  error: (message: string, options?: ExternalToast) => show("error", message, options),
  info: (message: string, options?: ExternalToast) => show("info", message, options),
};
