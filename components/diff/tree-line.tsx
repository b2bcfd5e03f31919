"use client";

import { Check, ChevronRight, MessageSquare } from "lucide-react";
import { memo, type ReactElement } from "react";
import type { OpenComments } from "@/components/comments/threads";
import { cx } from "@/components/ui/cx";
import { clashWords, type FileMark, type TreeFile, type TreeRow } from "@/lib/diff/file-tree";
import { variationLetter } from "@/lib/run/select";
import { STATUS_LOOKS } from "./file-head";
import { MARK_WORDS, MarkShape } from "./mark-shape";

/** px, of every line of the tree. */
export const TREE_ROW_HEIGHT = 25;
/** Of a long name that many characters at its end are always seen. */
const TAIL = 9;

interface TreeLineProps {
  row: TreeRow;
  index: number;
  count: number;
  isSelected: boolean;
  isReachable: boolean;
  isViewed: boolean;
  /** What is open about the file; undefined: nothing. */
  comments: OpenComments | undefined;
  onActivate: (row: TreeRow) => void;
}

/** One line: a folder, the group of generated files, or a file. */
export const TreeLine = memo(
  function TreeLine({ row, index, count, isSelected, isReachable, isViewed, comments, onActivate }: TreeLineProps): ReactElement {
    const shared = {
      role: "treeitem",
      tabIndex: isReachable ? 0 : -1,
      "aria-setsize": count,
      "aria-posinset": index + 1,
      onClick: () => onActivate(row),
      style: { top: index * TREE_ROW_HEIGHT, height: TREE_ROW_HEIGHT },
    } as const;
    const look =
      "absolute inset-x-0 flex cursor-pointer items-center gap-1.5 px-3 text-[12.5px] hover:bg-raised focus-visible:-outline-offset-2";
    if (row.kind === "group") {
      return (
        <div
          {...shared}
          aria-selected={false}
          aria-level={1}
          aria-expanded={row.open}
          aria-label={`${row.label}, ${row.count === 1 ? "1 file" : `${row.count} files`}`}
          title={row.label}
          className={cx(look, "text-meta text-muted")}
        >
          <ChevronRight aria-hidden="true" size={12} className={cx("-ml-0.5 shrink-0", row.open && "rotate-90")} />
          <span className="min-w-0 truncate">{row.label}</span>
          {(row.generated || !row.open) && <span className="text-faint tabular-nums">{row.count}</span>}
        </div>
      );
    }
    const { file } = row;
    return (
      <div
        {...shared}
        aria-selected={isSelected}
        aria-level={row.level}
        aria-label={`${describe(file, isViewed)}${comments === undefined ? "" : `; ${commentWords(comments)}`}`}
        title={file.clash === undefined ? file.path : `${file.path}\n${clashWords(file.clash)}`}
        className={cx(
          look,
          row.level === 2 && "pl-7",
          isSelected && "bg-raised shadow-[inset_2px_0_var(--text)]",
          file.row === undefined && "text-faint",
        )}
      >
        {isViewed && <Check aria-hidden="true" size={11} className={cx("absolute text-ok", row.level === 2 ? "left-3.5" : "left-0.5")} />}
        <Name path={file.path} gone={file.row?.status === "deleted"} dim={isViewed} />
        {comments !== undefined && <CommentBadge comments={comments} />}
        <FileNumbers file={file} />
        <Marks marks={file.marks} />
      </div>
    );
  },
  (before, after) =>
    before.row === after.row &&
    before.index === after.index &&
    before.count === after.count &&
    before.isSelected === after.isSelected &&
    before.isReachable === after.isReachable &&
    before.isViewed === after.isViewed &&
    before.comments?.threads === after.comments?.threads &&
    before.comments?.drafts === after.comments?.drafts &&
    before.onActivate === after.onActivate,
);

function Name({ path, gone, dim }: { path: string; gone: boolean; dim: boolean }): ReactElement {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const cut = name.length > 2 * TAIL ? name.length - TAIL : name.length;
  return (
    <span className={cx("flex min-w-0 flex-1 whitespace-pre", gone && "line-through", dim && "text-muted")}>
      <span className="min-w-0 truncate">{name.slice(0, cut)}</span>
      <span className="shrink-0">{name.slice(cut)}</span>
    </span>
  );
}

function CommentBadge({ comments }: { comments: OpenComments }): ReactElement {
  return (
    <span
      aria-hidden="true"
      title={commentWords(comments)}
      className={cx(
        "inline-flex shrink-0 items-center gap-[3px] text-[11px] tabular-nums",
        comments.drafts > 0 ? "text-text" : "text-muted",
      )}
    >
      <MessageSquare size={11} className={cx(comments.drafts > 0 && "[stroke-dasharray:3_2]")} />
      {comments.threads + comments.drafts}
    </span>
  );
}

function commentWords({ threads, drafts }: OpenComments): string {
  const words = (count: number, one: string): string[] => (count === 0 ? [] : [`${count} ${count === 1 ? one : `${one}s`}`]);
  return [...words(threads, "open thread"), ...words(drafts, "draft")].join(", ");
}

function FileNumbers({ file: { row } }: { file: TreeFile }): ReactElement | null {
  if (row === undefined) return null;
  const { letter, look } = STATUS_LOOKS[row.status];
  return (
    <span aria-hidden="true" className="flex shrink-0 gap-1.5 text-[11px] tabular-nums">
      {!row.binary && (
        <span className="@max-[310px]:hidden">
          {row.added > 0 && <span className="text-ok">+{row.added}</span>}{" "}
          {row.deleted > 0 && <span className="text-bad">−{row.deleted}</span>}
        </span>
      )}
      <span className={cx("w-3 text-center font-mono font-semibold", look)}>{letter}</span>
    </span>
  );
}

/** One column per variation: a letter at the head, a shape per file. Shape and colour say the same. */
export function Marks({ marks }: { marks: readonly FileMark[] }): ReactElement {
  return (
    <span className="flex shrink-0" aria-hidden="true">
      {marks.map((mark, at) => (
        <span key={variationLetter(at)} data-v={variationLetter(at)} className="grid size-4 place-items-center text-v">
          <MarkShape mark={mark} />
        </span>
      ))}
    </span>
  );
}

function describe({ path, marks, mark, row, generated, clash }: TreeFile, isViewed: boolean): string {
  const status = row === undefined ? ", the same on both sides" : `, ${row.status}`;
  const who = mark === undefined ? "" : `: changed by ${changers(marks)}; ${MARK_WORDS[mark]}`;
  const clashing = clash === undefined ? "" : `; path clash: ${clashWords(clash)}`;
  return `${path}${status}${generated === null ? "" : ", generated"}${isViewed ? ", viewed" : ""}${who}${clashing}`;
}

/** `A, B, C`; each with its own mark where these differ. */
function changers(marks: readonly FileMark[]): string {
  const changed = marks.flatMap((mark, at) => (mark === "none" || mark === "unknown" || mark === "changed" ? [] : [{ mark, at }]));
  const alike = new Set(changed.map(({ mark }) => mark)).size < 2;
  return changed.map(({ mark, at }) => (alike ? variationLetter(at) : `${variationLetter(at)} (${MARK_WORDS[mark]})`)).join(", ");
}
