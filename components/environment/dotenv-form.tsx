"use client";

import { type FormEvent, type ReactElement, useId, useState } from "react";
import { Button } from "@/components/ui/button";

/** The text of a dotenv file, folded away: it is pasted once. */
export function DotenvForm({ onTake }: { onTake: (text: string) => Promise<boolean> }): ReactElement {
  const [text, setText] = useState("");
  const id = useId();

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (await onTake(text)) setText("");
  }

  return (
    <details>
      <summary className="w-fit rounded text-meta text-muted hover:text-text">Take over a .env file</summary>
      <form onSubmit={submit} className="mt-2 grid gap-2">
        <label htmlFor={id} className="text-meta text-muted">
          Its text; every value becomes a secret for the agent
        </label>
        <textarea
          id={id}
          required
          rows={5}
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={"DATABASE_URL=…\nAPI_TOKEN=…"}
          autoComplete="off"
          spellCheck={false}
          className="field py-2 font-mono"
        />
        <Button type="submit" className="justify-self-start">
          Take over
        </Button>
      </form>
    </details>
  );
}
