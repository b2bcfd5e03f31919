"use client";

import { usePathname } from "next/navigation";
import type { MouseEvent, ReactElement, ReactNode } from "react";

interface AddressProps {
  query: URLSearchParams;
  className: string;
  title: string;
  children: ReactNode;
}

/** A place on this page: it stays as it is, and its address changes. */
export function Address({ query, children, ...rest }: AddressProps): ReactElement {
  const address = `${usePathname()}?${query}`;
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    window.history.pushState(null, "", address);
  };
  return (
    <a {...rest} href={address} onClick={onClick}>
      {children}
    </a>
  );
}
