"use client";

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactElement, ReactNode } from "react";
import { Button } from "./button";
import { cx } from "./cx";

interface DialogProps {
  title: ReactNode;
  /** One line below the title, read out with it. */
  description?: ReactNode;
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
  className?: string;
}

/** The focus begins on the action that is marked, which Enter is then for; else on the first thing that takes it. */
function focusAction(event: Event): void {
  const action = event.currentTarget instanceof Element ? event.currentTarget.querySelector<HTMLElement>("[data-first-focus]") : null;
  if (action === null) return;
  event.preventDefault();
  action.focus();
}

/** A modal dialog: traps the focus, gives it back, closes on Escape. Shown as long as it is rendered. */
export function Dialog({ title, description, onClose, footer, children, className }: DialogProps): ReactElement {
  return (
    <Radix.Root open onOpenChange={(open) => open || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-[#00000080]" />
        <Radix.Content
          {...(description === undefined ? { "aria-describedby": undefined } : {})}
          onOpenAutoFocus={focusAction}
          className={cx("dialog", className)}
        >
          <header className="flex items-start gap-3 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="flex items-center gap-2 font-semibold text-[15px]">{title}</Radix.Title>
              {description !== undefined && <Radix.Description className="mt-0.5 text-meta text-muted">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <Button kind="quiet" size="icon" aria-label="Close">
                <X size={14} />
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 overflow-y-auto px-5 pb-4">{children}</div>
          {footer !== undefined && <footer className="flex flex-wrap items-center gap-2 border-line border-t px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
