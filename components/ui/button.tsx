import { Slot } from "radix-ui";
import type { ComponentProps, ReactElement } from "react";
import { cx } from "./cx";

interface ButtonProps extends ComponentProps<"button"> {
  kind?: "plain" | "primary" | "quiet" | "danger";
  size?: "small" | "medium" | "icon";
  asChild?: boolean;
}

/** A button; with `asChild` its one child takes the look (a link that is an action). Utilities in `className` win over it. */
export function Button({ kind = "plain", size = "small", asChild = false, className, ...rest }: ButtonProps): ReactElement {
  const classes = cx("button", `button-${kind}`, `button-${size}`, className);
  return asChild ? <Slot.Root className={classes} {...rest} /> : <button type="button" className={classes} {...rest} />;
}
