import type { ReactElement } from "react";
import { cx } from "@/components/ui/cx";

/** One field's error, read out when it appears. `id` is what the field's `aria-describedby` names. */
export function FieldError({
  id,
  message,
  className,
}: {
  id: string;
  message: string | undefined;
  className?: string;
}): ReactElement | null {
  if (message === undefined) return null;
  return (
    <p id={id} role="alert" className={cx("text-bad text-meta", className)}>
      {message}
    </p>
  );
}
