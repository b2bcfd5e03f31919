import type { ChangedFile } from "@/lib/compare/group-changes";
import { type FileMap, mapFile } from "@/lib/compare/map-file";
import { type FileOutline, outlineFile } from "@/lib/compare/outline";
import { type FileSummary, summarizeFile } from "@/lib/compare/summarize-file";
import { type Blobs, readVersions } from "./read-versions";

/** Work for the thread that compares: what a list says of many files, or all of one. */
export type MapJob =
  | { kind: "summaries" | "outlines"; files: readonly ChangedFile[]; blobs: Blobs }
  | { kind: "file"; file: ChangedFile; blobs: Blobs };

export type MapAnswer<J extends MapJob> = J extends { kind: "summaries" }
  ? FileSummary[]
  : J extends { kind: "outlines" }
    ? FileOutline[]
    : FileMap;

/** Does it here and now. Pure; takes up to a second for a large run. */
export function doMapJob(job: MapJob): FileSummary[] | FileOutline[] | FileMap {
  if (job.kind === "file") return mapFile(readVersions(job.file, job.blobs));
  if (job.kind === "outlines") return job.files.map((file) => outlineFile(mapFile(readVersions(file, job.blobs))));
  return job.files.map((file) => summarizeFile(mapFile(readVersions(file, job.blobs)), file.variations.length));
}
