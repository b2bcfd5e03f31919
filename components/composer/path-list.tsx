import { File, Folder } from "lucide-react";
import { type ReactElement, useEffect, useRef } from "react";
import { cx } from "@/components/ui/cx";
import type { PathCompletion } from "./use-path-completion";

interface PathListProps {
  id: string;
  open: NonNullable<PathCompletion["open"]>;
  onPick: (path: string) => void;
  /** Over the field: it stands at the lower edge of the page. */
  above?: boolean;
}

/** Id of the option at a place, for `aria-activedescendant`. */
export function pathOptionId(listId: string, index: number): string {
  return `${listId}-${index}`;
}

/** Paths that complete what is being typed; the focus stays in the text. */
export function PathList({ id, open, onPick, above = false }: PathListProps): ReactElement {
  const { paths, active, place, note } = open;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      className="absolute z-20 w-[min(480px,calc(100%-16px))] rounded-md border border-line-strong bg-raised text-body shadow-lg"
      style={{
        ...(above ? { bottom: "calc(100% + 6px)" } : { top: place.top + 4 }),
        left: `min(${place.left}px, calc(100% - min(480px, 100% - 16px) - 8px))`,
      }}
    >
      <div ref={list} id={id} role="listbox" aria-label="Paths" className={cx("max-h-64 overflow-y-auto", paths.length > 0 && "p-1")}>
        {paths.map((path, index) => (
          <div
            key={path}
            id={pathOptionId(id, index)}
            role="option"
            aria-selected={index === active}
            // Not on click: by then the text has lost the focus.
            onPointerDown={(event) => {
              event.preventDefault();
              onPick(path);
            }}
            className={cx("flex min-h-9 cursor-default items-center gap-2 rounded px-2 sm:min-h-7", index === active && "bg-hover")}
          >
            <PathName path={path} />
          </div>
        ))}
      </div>
      {note !== undefined && <p className="px-3 py-2 text-meta text-muted [overflow-wrap:anywhere]">{note}</p>}
    </div>
  );
}

function PathName({ path }: { path: string }): ReactElement {
  const isFolder = path.endsWith("/");
  const bare = isFolder ? path.slice(0, -1) : path;
  const at = bare.lastIndexOf("/") + 1;
  const Icon = isFolder ? Folder : File;
  return (
    <>
      <Icon size={13} className="shrink-0 text-muted" aria-hidden="true" />
      <span className="shrink-0 font-mono text-meta max-w-[70%] truncate">{path.slice(at)}</span>
      {/* The end of a folder's path tells more than its beginning. */}
      <span className="ml-auto truncate pl-3 font-mono text-[11.5px] text-muted" dir="rtl">
        <bdi>{path.slice(0, at)}</bdi>
      </span>
    </>
  );
}
