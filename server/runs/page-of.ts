import { AppError } from "../app-error";

/** A page of a list. `of` names what is paged through: a cursor into something else, since a letter moved on meanwhile, is refused. */
export function pageOf<T>(
  all: readonly T[],
  { limit, cursor }: { limit: number; cursor?: string },
  of: string,
): { rows: T[]; nextCursor: string | null } {
  const [, start, name] = /^(\d{1,9})\.([0-9a-f-]+)$/.exec(cursor ?? `0.${of}`) ?? [];
  if (start === undefined) {
    throw new AppError("bad_request", "The cursor is not one of ours.", [{ field: "cursor", message: "Give next_cursor as it was." }]);
  }
  if (name !== of) {
    throw new AppError("conflict", "What is compared has changed since the first page. Begin again, or compare by commit ids.", [
      { field: "cursor", message: "Leave it out to begin again." },
    ]);
  }
  const from = Number(start);
  const rows = all.slice(from, from + limit);
  return { rows, nextCursor: from + limit < all.length ? `${from + limit}.${of}` : null };
}
