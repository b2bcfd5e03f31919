"use client";

import { MessageSquare } from "lucide-react";
import type { FormEvent, KeyboardEvent, ReactElement } from "react";
import { useStore } from "zustand";
import { Button } from "@/components/ui/button";
import { cx } from "@/components/ui/cx";
import { SubmitKey } from "@/components/ui/submit-key";
import { lettersOf } from "@/lib/run/letters";
import { variationLetter } from "@/lib/run/select";
import type { RunState } from "@/lib/run/state";
import { draftStore } from "./draft-store";
import { MessageField } from "./message-field";
import { recipientsOf } from "./recipients";
import { useSend } from "./use-send";
import { WaitingMessages } from "./waiting-messages";

/** Says something to variations: who works is given it afterwards, who has ended goes on in its own tree. */
export function MessageBar({ run }: { run: RunState }): ReactElement {
  const drafts = draftStore(run.runId);
  const { text, to, comments, panel, write, address, show } = useStore(drafts);
  const { sending, send } = useSend(run, drafts);
  const recipients = recipientsOf(run, to, comments);
  const unfinished = comments.filter((comment) => !comment.port && comment.text.trim() === "").length;
  const empty = text.trim() === "" && comments.length === 0;
  const blocked = sending || empty || recipients.length === 0 || unfinished > 0;
  const sent = run.messages.reduce((sum, message) => sum + message.comments.length, 0);
  const several = run.variations.length > 1;
  const drafted = `${comments.length} draft ${comments.length === 1 ? "comment" : "comments"}`;
  const counted = comments.length > 0 ? drafted : `Comments ${sent}`;
  const sendLabel = several && recipients.length > 0 ? `Send to ${lettersOf(recipients)}` : "Send";

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (!blocked) void send();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSubmit(event);
  };
  const toggle = (index: number): void =>
    address(recipients.includes(index) ? recipients.filter((one) => one !== index) : [...recipients, index]);

  return (
    <div className="shrink-0 border-line border-t bg-panel">
      <WaitingMessages run={run} />
      <form
        aria-label="Message"
        onSubmit={onSubmit}
        onKeyDown={onKeyDown}
        className="flex min-h-11 flex-wrap items-center gap-x-2.5 gap-y-1.5 px-4 py-1.5 max-[700px]:px-3"
      >
        {several && (
          <fieldset className="flex items-center gap-1">
            <legend className="sr-only">Message to</legend>
            <span aria-hidden="true" className="mr-1.5 text-faint text-meta max-[700px]:hidden">
              Message
            </span>
            {run.variations.map(({ index }) => (
              <Recipient key={index} variation={index} chosen={recipients.includes(index)} onToggle={() => toggle(index)} />
            ))}
          </fieldset>
        )}
        <MessageField
          run={run}
          label={several ? `Message to ${lettersOf(recipients) || "nobody"}` : "Message"}
          placeholder={comments.length > 0 ? "Say something with the comments, or just send them" : "Ask, steer, or say what is next…"}
          value={text}
          onChange={write}
        />
        <span className="flex-1 min-[701px]:hidden" />
        {comments.length + sent > 0 && (
          <Button
            kind="quiet"
            aria-label={counted}
            aria-expanded={panel}
            title={counted}
            onClick={() => show(!panel)}
            className="max-[700px]:h-8"
          >
            <MessageSquare aria-hidden="true" className="size-3.5" />
            <span className="max-[700px]:hidden">{counted}</span>
            <span className="min-[701px]:hidden">{comments.length > 0 ? comments.length : sent}</span>
          </Button>
        )}
        <Button
          type="submit"
          kind={empty ? "plain" : "primary"}
          disabled={blocked}
          aria-label={sendLabel}
          title={unfinished > 0 ? "A comment has no words yet" : recipients.length === 0 ? "Choose who is to be given it" : undefined}
          className="max-[700px]:h-8"
        >
          <span className="max-[700px]:hidden">{sending ? "Sending…" : sendLabel}</span>
          <span className="min-[701px]:hidden">{sending ? "Sending…" : "Send"}</span>
          <SubmitKey className="max-[700px]:hidden" />
        </Button>
      </form>
    </div>
  );
}

function Recipient({ variation, chosen, onToggle }: { variation: number; chosen: boolean; onToggle: () => void }): ReactElement {
  const letter = variationLetter(variation);
  return (
    <button
      type="button"
      data-v={letter}
      aria-pressed={chosen}
      aria-label={`To ${letter}`}
      title={chosen ? `${letter} is given it` : `${letter} is not given it`}
      onClick={onToggle}
      className={cx(
        "grid size-[22px] place-items-center rounded border font-mono font-semibold text-[11px] leading-none max-[700px]:size-8",
        chosen
          ? "border-transparent bg-[color-mix(in_srgb,var(--v)_18%,transparent)] text-v"
          : "border-line-strong border-dashed text-faint hover:text-text",
      )}
    >
      {letter}
    </button>
  );
}
