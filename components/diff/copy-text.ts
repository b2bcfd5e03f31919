import { toast } from "@/components/ui/toast";

/** Copies, and says so; there is no clipboard without https or loopback. */
export function copyText(text: string, done: string): void {
  const copied = navigator.clipboard === undefined ? Promise.reject(new Error("no clipboard")) : navigator.clipboard.writeText(text);
  copied.then(
    () => toast.success(done),
    () => toast.error("The browser did not allow copying", { description: text }),
  );
}
