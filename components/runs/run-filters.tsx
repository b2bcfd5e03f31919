"use client";

import { Search, X } from "lucide-react";
import type { ReactElement } from "react";
import type { RunListFilter } from "@/lib/client/api";
import type { RunListState, SetupResponse } from "@/lib/protocol/http";

const stateWords: Record<RunListState, string> = {
  live: "Running",
  undecided: "Undecided",
  decided: "With a winner",
  failed: "Failed",
  cancelled: "Cancelled",
};

const select =
  "h-9 min-w-0 max-w-48 rounded-md border border-line-strong bg-bg px-1.5 text-[16px] hover:bg-hover sm:h-[26px] sm:text-meta max-sm:flex-1";

interface RunFiltersProps {
  value: RunListFilter;
  projects: SetupResponse["recent_repositories"];
  onChange: (change: Partial<RunListFilter>) => void;
}

/** Which runs the list has. */
export function RunFilters({ value, projects, onChange }: RunFiltersProps): ReactElement {
  return (
    <search className="flex min-w-0 flex-wrap items-center gap-1.5 max-sm:w-full sm:ml-auto">
      <div className="relative max-sm:w-full">
        <Search size={12} className="pointer-events-none absolute top-1/2 left-2 -translate-y-1/2 text-faint" aria-hidden="true" />
        <input
          type="search"
          aria-label="Search in prompts"
          placeholder="Search in prompts"
          autoComplete="off"
          maxLength={200}
          value={value.query ?? ""}
          onChange={(event) => onChange({ query: event.target.value || undefined })}
          onKeyDown={(event) => event.key === "Escape" && onChange({ query: undefined })}
          className="h-9 w-full rounded-md border border-line-strong bg-bg pr-2 pl-6.5 text-[16px] placeholder:text-faint sm:h-[26px] sm:w-44 sm:text-meta [&::-webkit-search-cancel-button]:hidden"
        />
        {value.query !== undefined && (
          <button
            type="button"
            aria-label="Clear the search"
            onClick={() => onChange({ query: undefined })}
            className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded-md text-faint hover:text-text sm:w-6"
          >
            <X size={12} aria-hidden="true" />
          </button>
        )}
      </div>
      <select
        aria-label="State"
        value={value.state ?? ""}
        onChange={(event) => onChange({ state: (event.target.value || undefined) as RunListState | undefined })}
        className={select}
      >
        <option value="">All states</option>
        {Object.entries(stateWords).map(([state, words]) => (
          <option key={state} value={state}>
            {words}
          </option>
        ))}
      </select>
      {projects.length > 1 && (
        <select
          aria-label="Repository of the runs"
          value={value.projectId ?? ""}
          onChange={(event) => onChange({ projectId: event.target.value || undefined })}
          className={select}
        >
          <option value="">All repositories</option>
          {projects.map(({ project_id, name, url }) => (
            <option key={project_id} value={project_id}>
              {projects.some((other) => other.name === name && other.url !== url) ? `${name} (${url})` : name}
            </option>
          ))}
        </select>
      )}
    </search>
  );
}
