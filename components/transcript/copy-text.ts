import { toast } from "sonner";

/** Copies a text and says so; `what`: "Command copied". Where the browser does not allow it, it says what to do instead. */
export function copyText(text: string, what: string): void {
  // There is no clipboard without https or loopback.
  const copied = navigator.clipboard === undefined ? Promise.reject(new Error("no clipboard")) : navigator.clipboard.writeText(text);
  copied.then(
    () => toast.success(what),
    () => toast.error("The browser did not allow copying", { description: "Select the text and copy it yourself." }),
  );
}
