import { isUtf8 } from "node:buffer";
import type { FileContent, FileVersion, FileVersions } from "@/lib/compare/file-versions";
import type { BlobVersion, ChangedFile, ChangedVersion } from "@/lib/compare/group-changes";

/** Contents by blob id. What is not there was too large to read. */
export type Blobs = ReadonlyMap<string, Uint8Array>;

/** git's own rule: a NUL in the first 8,000 bytes makes a file binary. */
const SNIFF_BYTES = 8_000;

/** The ids of what has to be read to compare these files. */
export function blobsOf(files: readonly ChangedFile[]): string[] {
  return files.flatMap(({ base, variations }) => {
    const versions = [base, ...variations.map((version) => (version.kind === "blob" ? version : null))];
    return versions.flatMap((version) => (version?.lines === true ? [version.blob] : []));
  });
}

/** A changed file with its contents. What is no UTF-8 text is compared by its id, since a text of it could not be written back byte for byte. */
export function readVersions({ path, base, variations }: ChangedFile, blobs: Blobs): FileVersions {
  const read = new Map<string, FileContent>();
  const content = (version: BlobVersion): FileContent => {
    const known = read.get(version.blob);
    if (known !== undefined && version.lines) return known;
    const made = contentOf(version, blobs);
    if (version.lines) read.set(version.blob, made);
    return made;
  };
  const versionOf = (version: ChangedVersion): FileVersion =>
    version.kind === "blob" ? { ...content(version), path: version.path, mode: version.mode } : { kind: version.kind };
  return { path, base: base === null ? null : { ...content(base), mode: base.mode }, variations: variations.map(versionOf) };
}

function contentOf({ blob, lines }: BlobVersion, blobs: Blobs): FileContent {
  const bytes = lines ? blobs.get(blob) : undefined;
  if (bytes === undefined || bytes.subarray(0, SNIFF_BYTES).includes(0) || !isUtf8(bytes)) return { kind: "binary", id: blob };
  return { kind: "text", text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8") };
}
