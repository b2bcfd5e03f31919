"use client";

import { type ReactElement, useLayoutEffect, useRef, useState } from "react";

/** Characters by which the place of a text in an older one is found. */
const PROBE = 64;

/**
 * Text that grows at its end, and may lose its beginning. Its one node is written to, never replaced: replacing it would take back what a
 * person has selected in it, and lay out all of it anew.
 */
export function AppendText({ text }: { text: string }): ReactElement {
  const box = useRef<HTMLSpanElement>(null);
  // What React knows of it stays as it was: from then on the node is the effect's.
  const [initial] = useState(text);
  useLayoutEffect(() => {
    const node = box.current?.firstChild;
    if (node instanceof Text) growTo(node, text);
    else if (box.current !== null && text !== "") box.current.append(text);
  }, [text]);
  return <span ref={box}>{initial}</span>;
}

/** Brings a node to `text` with as little change as possible: ranges in what stays keep their place. */
export function growTo(node: Pick<Text, "data" | "appendData" | "deleteData">, text: string): void {
  const before = node.data;
  if (text === before) return;
  const cut = text.startsWith(before) ? 0 : before.indexOf(text.slice(0, PROBE));
  if (cut < 0 || !text.startsWith(before.slice(cut))) {
    node.data = text;
    return;
  }
  if (cut > 0) node.deleteData(0, cut);
  node.appendData(text.slice(before.length - cut));
}
