import { type ReactElement, useId } from "react";
import { cx } from "@/components/ui/cx";
import type { FitChangeResponse } from "@/lib/protocol/fits";

interface FitFilesProps {
  files: readonly FitChangeResponse[];
  /** Path of the file that is shown. */
  open: string | undefined;
  isTicked: (file: FitChangeResponse) => boolean;
  onOpen: (path: string) => void;
  onTick: (path: string, on: boolean) => void;
}

/** The files that an agent changed, those outside the seams apart. */
export function FitFiles(props: FitFilesProps): ReactElement {
  const inside = props.files.filter((file) => file.inside);
  const outside = props.files.filter((file) => !file.inside);
  return (
    <div className="max-h-[38vh] shrink-0 overflow-y-auto border-line border-b max-[900px]:max-h-none">
      {inside.length === 0 ? (
        <p className="px-4 py-2 text-meta text-muted">At the seams it changed nothing.</p>
      ) : (
        <Group {...props} files={inside} title="At the seams" />
      )}
      {outside.length > 0 && (
        <Group {...props} files={outside} title="Outside the seams" note="Nobody asked for this: it is left out unless you tick it." />
      )}
    </div>
  );
}

function Group({ files, open, isTicked, onOpen, onTick, title, note }: FitFilesProps & { title: string; note?: string }): ReactElement {
  const id = useId();
  return (
    <div className="py-1.5">
      <h3 id={id} className="px-4 py-0.5 font-semibold text-meta">
        {title}
      </h3>
      {note !== undefined && <p className="px-4 pb-0.5 text-meta text-muted">{note}</p>}
      <ul aria-labelledby={id}>
        {files.map((file) => (
          <FileRow
            key={file.path}
            file={file}
            isOpen={file.path === open}
            ticked={isTicked(file)}
            onOpen={() => onOpen(file.path)}
            onTick={(on) => onTick(file.path, on)}
          />
        ))}
      </ul>
    </div>
  );
}

interface FileRowProps {
  file: FitChangeResponse;
  isOpen: boolean;
  ticked: boolean;
  onOpen: () => void;
  onTick: (on: boolean) => void;
}

function FileRow({ file, isOpen, ticked, onOpen, onTick }: FileRowProps): ReactElement {
  const id = useId();
  const { path, old_path, status, added, deleted, binary, merged, refusal } = file;
  const words = [status === "modified" ? "" : status, old_path === null ? "" : `from ${old_path}`, merged ? "merged with yours" : ""];
  const said = words.filter((word) => word !== "").join(", ");
  return (
    <li className={cx("px-4", isOpen && "bg-raised shadow-[inset_2px_0_var(--text)]")}>
      <div className="flex min-h-7 items-center gap-2">
        <input
          type="checkbox"
          aria-label={`Take ${path}`}
          aria-describedby={refusal === null ? undefined : id}
          checked={ticked}
          disabled={refusal !== null}
          onChange={(event) => onTick(event.target.checked)}
          className="size-3.5 shrink-0 accent-[var(--primary)]"
        />
        <button
          type="button"
          aria-current={isOpen ? "true" : undefined}
          onClick={onOpen}
          className="flex h-7 min-w-0 flex-1 items-center gap-2 text-left text-meta focus-visible:-outline-offset-2"
        >
          <span className="min-w-0 truncate font-mono">{path}</span>
          {said !== "" && <span className="shrink-0 text-muted">{said}</span>}
          <span className="flex-1" />
          {binary ? (
            <span className="shrink-0 text-muted">no lines</span>
          ) : (
            <span className="shrink-0 tabular-nums">
              <span className={added === 0 ? "text-faint" : "text-ok"}>+{added}</span>{" "}
              <span className={deleted === 0 ? "text-faint" : "text-bad"}>−{deleted}</span>
            </span>
          )}
        </button>
      </div>
      {refusal !== null && (
        <p id={id} className="pb-1.5 pl-[22px] text-meta text-warn [overflow-wrap:anywhere]">
          ⚠ {refusal}
        </p>
      )}
    </li>
  );
}
