"use client";

import { type ReactElement, useState } from "react";

/** The words of the product, to be searched. */
export function Glossary({ entries }: { entries: readonly { word: string; meaning: string }[] }): ReactElement {
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const shown = entries.filter(({ word, meaning }) => `${word} ${meaning}`.toLowerCase().includes(wanted));
  return (
    <section aria-labelledby="glossary" className="min-w-0">
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <h2 id="glossary" className="font-semibold text-page">
          Glossary
        </h2>
        <input
          type="search"
          aria-label="Search the glossary"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="field ml-auto h-8 w-52 max-sm:w-full"
        />
      </div>
      <dl className="border-line border-t">
        {shown.map(({ word, meaning }) => (
          <div key={word} className="grid gap-x-4 border-line border-b py-2 sm:grid-cols-[150px_minmax(0,1fr)]">
            <dt className="font-medium text-body">{word}</dt>
            <dd className="text-body text-muted">{withCode(meaning)}</dd>
          </div>
        ))}
      </dl>
      <p role="status" className="py-3 text-meta text-muted empty:hidden">
        {shown.length === 0 && "No word is called that."}
      </p>
    </section>
  );
}

/** Backticks mark code. */
function withCode(text: string): (string | ReactElement)[] {
  return text.split("`").map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      <code key={`${at}-${part}`} className="text-text">
        {part}
      </code>
    ),
  );
}
