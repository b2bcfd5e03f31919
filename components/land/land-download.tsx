import { Download } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/components/ui/button";
import { downloadPaths } from "@/lib/client/api";
import type { LandPreviewResponse } from "@/lib/protocol/landing";
import { sourceName } from "@/lib/run/select";
import type { RunState, TreeSource } from "@/lib/run/state";
import { Command } from "./command";

const FILES = [
  { name: "patch", label: "Patch", about: "one mail for git am" },
  { name: "zip", label: "zip", about: "all files" },
  { name: "tar", label: "tar.gz", about: "all files" },
] as const;

interface LandDownloadProps {
  run: RunState;
  what: TreeSource;
  preview: LandPreviewResponse | undefined;
}

/** The work as a file, and what to do with it. Nothing is recorded of it. */
export function LandDownload({ run, what, preview }: LandDownloadProps): ReactElement {
  const paths = downloadPaths(run.runId, what);
  const letter = sourceName(what);
  const base = run.base?.commit.slice(0, 12) ?? "the base";
  return (
    <section aria-label="Download" className="grid grid-cols-1 gap-3">
      <p className="text-meta text-muted">
        {preview !== undefined && `${preview.files === 1 ? "1 file" : `${preview.files} files`} changed. `}The patch is one commit on {base}
        ; an archive holds the whole tree of {letter}, changed or not.
      </p>
      <div className="flex flex-wrap gap-2">
        {FILES.map(({ name, label, about }) => (
          <Button key={name} asChild>
            <a href={paths[name]} download>
              <Download aria-hidden="true" size={13} /> {label} <span className="font-normal text-muted">{about}</span>
            </a>
          </Button>
        ))}
      </div>
      <Command title="Make a commit of the patch, in your clone" text="git am --3way path/to/the.patch" />
      <Command title="Or only change the files" text="git apply --3way path/to/the.patch" />
    </section>
  );
}
