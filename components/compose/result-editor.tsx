"use client";

import { type ReactElement, type RefObject, useEffect, useRef } from "react";
import { type ComposedEditorHandle, type ComposedText, createComposedEditor } from "./composed-editor";

interface ResultEditorProps {
  content: ComposedText;
  onEdit: (key: string, text: string) => void;
  onLine: (line: number) => void;
  handleRef: RefObject<ComposedEditorHandle | undefined>;
}

/** What comes of the choices, to be written in. It stays for file after file. */
export function ResultEditor({ content, onEdit, onLine, handleRef }: ResultEditorProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const events = useRef({ onEdit, onLine });
  useEffect(() => {
    events.current = { onEdit, onLine };
  });
  useEffect(() => {
    if (place.current === null) return;
    const handle = createComposedEditor(place.current, "Result", {
      onEdit: (key, text) => events.current.onEdit(key, text),
      onLine: (line) => events.current.onLine(line),
    });
    handleRef.current = handle;
    return () => {
      handleRef.current = undefined;
      handle.dispose();
    };
  }, [handleRef]);
  useEffect(() => handleRef.current?.show(content), [content, handleRef]);
  return <div ref={place} role="region" aria-label="Composed file" className="h-full min-h-0" />;
}
