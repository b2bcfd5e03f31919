import { memo, type ReactElement } from "react";
import type { TranscriptItem as Item } from "@/lib/run/state";
import { AttemptItem } from "./attempt-item";
import { LogItem } from "./log-item";
import { MessageItem } from "./message-item";
import { NoticeItem } from "./notice-item";
import { TextItem } from "./text-item";
import { ThinkingItem } from "./thinking-item";
import { ToolItem } from "./tool-item";
import { useMarked } from "./transcript-store";

/** One item of a transcript; rendered again only when it is another item. `live`: it is being written right now. */
export const TranscriptItem = memo(function TranscriptItem({
  item,
  live,
  ended,
}: {
  item: Item;
  live: boolean;
  ended: boolean;
}): ReactElement {
  const marked = useMarked(item.seq);
  return (
    <div
      data-seq={item.seq}
      data-marked={marked || undefined}
      className="min-w-0 scroll-my-16 rounded-md empty:hidden data-marked:bg-raised data-marked:shadow-[0_0_0_4px_var(--raised),0_0_0_5px_var(--line-strong)]"
    >
      <Body item={item} live={live} ended={ended} />
    </div>
  );
});

function Body({ item, live, ended }: { item: Item; live: boolean; ended: boolean }): ReactElement {
  switch (item.kind) {
    case "text":
      return <TextItem item={item} live={live} />;
    case "thinking":
      return <ThinkingItem item={item} live={live} />;
    case "tool":
      return <ToolItem item={item} ended={ended} />;
    case "notice":
      return <NoticeItem item={item} />;
    case "log":
      return <LogItem item={item} />;
    case "attempt":
      return <AttemptItem item={item} />;
    case "message":
      return <MessageItem item={item} />;
  }
}
