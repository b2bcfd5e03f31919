import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactElement } from "react";
import { cx } from "./cx";

const look = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium text-meta leading-none transition-colors disabled:cursor-not-allowed disabled:opacity-50",
  {
    variants: {
      kind: {
        plain: "border-line-strong bg-transparent text-text hover:bg-hover",
        primary: "border-primary bg-primary text-on-primary hover:opacity-90",
        quiet: "border-transparent text-muted hover:bg-hover hover:text-text",
        danger: "border-bad/50 text-bad hover:bg-bad/10",
      },
      size: { small: "h-[26px] px-2.5", medium: "h-8 px-3", icon: "h-[26px] w-[26px]" },
    },
    defaultVariants: { kind: "plain", size: "small" },
  },
);

/** A button; with `asChild` its one child takes the look (a link that is an action). */
export function Button({
  kind,
  size,
  asChild = false,
  className,
  ...rest
}: ComponentProps<"button"> & VariantProps<typeof look> & { asChild?: boolean }): ReactElement {
  const classes = cx(look({ kind, size }), className);
  return asChild ? <Slot.Root className={classes} {...rest} /> : <button type="button" className={classes} {...rest} />;
}
