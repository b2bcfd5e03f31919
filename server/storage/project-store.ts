/** A project as its list shows it. */
export interface ProjectRow {
  id: string;
  url: string;
  name: string;
  /** ms since the epoch. */
  createdAt: number;
  usedAt: number;
  /** US dollars per calendar month; null: no cap. */
  monthlyDollars: number | null;
}

/** Projects and what they may spend. */
export interface ProjectStore {
  /** In the order of their ids; `after` is the id of the last one seen. */
  list(page: { limit: number; after?: string }): Promise<ProjectRow[]>;
  get(id: string): Promise<ProjectRow | undefined>;
  /** Undefined when there is no such project. */
  setMonthlyDollars(id: string, dollars: number | null): Promise<ProjectRow | undefined>;
}
