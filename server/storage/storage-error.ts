/** `full`: the disk has no room; `busy`: somebody else held the database for longer than was waited. Nothing was stored either way. */
export type StorageTrouble = "full" | "busy";

/** Marks `StorageError` across bundles, as `AppError` is. */
const marker = Symbol.for("aideator.storage-error");

/** What a storage adapter rejects with when the same call may work later. */
export class StorageError extends Error {
  readonly [marker] = true;
  constructor(
    readonly trouble: StorageTrouble,
    cause: unknown,
  ) {
    super(trouble === "full" ? "The disk of the data folder is full." : "The database is locked by another program.", { cause });
    this.name = "StorageError";
  }
}

/** Not `instanceof`: the class may come from the other bundle. */
export function isStorageError(error: unknown): error is StorageError {
  return typeof error === "object" && error !== null && marker in error;
}

/** True for a disk without room, whoever met it: the database, a file, or a program that says so. */
export function isDiskFull(error: unknown): boolean {
  if (isStorageError(error)) return error.trouble === "full";
  return /ENOSPC|SQLITE_FULL|database or disk is full|no space left on device|EDQUOT|disk quota exceeded/i.test(textOf(error));
}

/** Message, code and causes of an error in one text. */
export function textOf(error: unknown): string {
  const parts: string[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    parts.push(at.message);
    for (const key of ["code", "meta"] as const)
      if (key in at) parts.push(JSON.stringify((at as { code?: unknown; meta?: unknown })[key]) ?? "");
  }
  return parts.length === 0 ? String(error) : parts.join("\n");
}
