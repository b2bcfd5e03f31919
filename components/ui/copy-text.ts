import { toast } from "./toast";

/** Puts a text into the clipboard and says so; `remedy` is said where the browser does not allow it. */
export function copyText(text: string, said: string, remedy = "Select it and copy it yourself."): void {
  // There is no clipboard without https or loopback.
  const copied = navigator.clipboard === undefined ? Promise.reject(new Error("no clipboard")) : navigator.clipboard.writeText(text);
  copied.then(
    () => toast.success(said),
    () => toast.error("The browser did not allow copying", { description: remedy }),
  );
}
