import type { IdeaKind } from "./ideas/idea";

/** What the demo model understands of a prompt: a few words, no meaning. */
export interface Wish {
  /** In the order in which the prompt speaks of them. */
  kinds: IdeaKind[];
  /** "rename x to y", "replace x with y". */
  rename?: { from: string; to: string };
  /** Files, functions and quoted words. */
  names: string[];
  /** The words that were understood, as they stand in the prompt. */
  understood: string[];
}

const KINDS: readonly [RegExp, IdeaKind[]][] = [
  [
    /\b(validat\w*|guards?|check(?:s|ed)? (?:the )?(?:input|argument|parameter)s?|null|undefined|errors? (?:message|handling)\w*|invalid|missing|robust\w*|crash\w*)\b/i,
    ["guard"],
  ],
  [/\b(docs?|document\w*|comments?|jsdoc|docstrings?|javadoc|godoc|rustdoc)\b/i, ["document"]],
  [/\b(readme|table of contents|toc|outline)\b/i, ["outline", "overview", "howto"]],
  [/\b(tests?|tested|coverage|regression|specs?)\b/i, ["test"]],
  [/\b(constants?|magic|hard-?coded|refactor\w*|clean ?up|duplicat\w*|naming)\b/i, ["constant"]],
  [/\b(typos?|spelling|misspell\w*|grammar)\b/i, ["typo", "fence"]],
];
const QUOTED = /`([^`\n]{1,80})`|"([^"\n]{1,80})"|“([^”\n]{1,80})”|(?<!\w)'([^'\n]{1,80})'(?!\w)/g;
const PLAIN =
  /(?<![\w.])(?:[A-Za-z_][\w-]*\/)*[A-Za-z_][\w-]*\.(?:[cm]?[jt]sx?|py|go|rs|java|md)\b|\b[a-z]+(?:[A-Z][a-z\d]*)+\b|\b[A-Z][a-z\d]+(?:[A-Z][a-z\d]*)+\b|\b[a-z]+(?:_[a-z\d]+)+\b|\b[A-Za-z_]\w+(?=\(\))/g;

/** Finds kinds of change, names and a wish to rename in a prompt. */
export function readPrompt(prompt: string): Wish {
  const hits = KINDS.flatMap(([pattern, kinds]) => {
    const match = pattern.exec(prompt);
    return match === null ? [] : [{ at: match.index, word: match[0], kinds }];
  }).sort((one, other) => one.at - other.at);
  const quoted = [...prompt.matchAll(QUOTED)]
    .map(
      (match) =>
        match
          .slice(1)
          .find((part) => part !== undefined)
          ?.trim() ?? "",
    )
    .filter((part) => part !== "");
  const plain = [...prompt.matchAll(PLAIN)].map(([name]) => name);
  const rename = renameOf(prompt);
  return {
    kinds: [...new Set([...(rename === undefined ? [] : (["rename"] as const)), ...hits.flatMap(({ kinds }) => kinds)])],
    ...(rename === undefined ? {} : { rename }),
    names: [...new Set([...quoted, ...plain])].slice(0, 6),
    understood: [
      ...new Set([...(rename === undefined ? [] : [`${rename.from} → ${rename.to}`]), ...hits.map(({ word }) => word.toLowerCase())]),
    ],
  };
}

function renameOf(prompt: string): { from: string; to: string } | undefined {
  const side = "(?:`([^`\\n]{1,80})`|\"([^\"\\n]{1,80})\"|“([^”\\n]{1,80})”|'([^'\\n]{1,80})'|([A-Za-z_$][\\w$.-]*))";
  const match = new RegExp(
    `\\b(?:rename|replace|change)\\b(?:\\s+(?:the|every|all|function|method|variable|word|text|class|constant|parameter|occurrences|of))*\\s+${side}\\s+(?:to|with|by|into|as|->|→)\\s+${side}`,
    "i",
  ).exec(prompt);
  const parts = match?.slice(1) ?? [];
  const from = parts.slice(0, 5).find((part) => part !== undefined);
  const to = parts
    .slice(5)
    .find((part) => part !== undefined)
    ?.replace(/[.,]$/, "");
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}
