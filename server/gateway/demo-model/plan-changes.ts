import { proposeConstants } from "./ideas/constant";
import { proposeDocuments } from "./ideas/document";
import { proposeIndexes } from "./ideas/folder-index";
import { proposeGuards } from "./ideas/guard";
import { applyIdea, type Idea, type IdeaKind } from "./ideas/idea";
import { proposeMarkdown } from "./ideas/markdown";
import { proposeRename } from "./ideas/rename";
import { proposeTest, proposeTests } from "./ideas/test-idea";
import type { Wish } from "./read-prompt";
import { openSource, type SourceFile, type TextFile } from "./source/source-file";

/** Everything that was read, the same for each variation. */
export interface Corpus {
  /** Source files that are no tests, the most promising first. */
  sources: readonly TextFile[];
  /** The test that goes with a source file, by its path. */
  tests: ReadonlyMap<string, TextFile>;
  /** The README first. */
  documents: readonly TextFile[];
  manifest?: TextFile;
  paths: readonly string[];
  /** Other files that hold what is to be renamed. */
  others: readonly TextFile[];
}

/** One step of a recipe: the first kind that can be done is done. */
type Step = readonly IdeaKind[];

const MARKDOWN: Step = ["howto", "outline", "overview", "fence", "layout", "typo", "link", "census", "index"];
/** What each variation does, if the prompt asks for nothing that it knows. */
const USUAL: readonly (readonly Step[])[] = [
  [["guard", "constant", "document", "typo", "fence", "link", "outline", "howto"]],
  [
    ["guard", "test", "howto", "layout"],
    ["test", "document"],
  ],
  [["document", "outline", "overview", "layout", "census"], ["document"], ["document"]],
  [
    ["constant", "guard", "overview", "fence"],
    ["test", "document", "howto"],
  ],
  [["guard", "document", "layout"], ["document", "constant", "outline"], MARKDOWN],
];
/** What comes behind what the prompt asks for. */
const ADDED: readonly (readonly Step[])[] = [
  [],
  [["test", "document"]],
  [["document"], ["document"]],
  [["constant", "guard"], ["test"]],
  [["document", "constant"], MARKDOWN],
];

/**
 * What variation `index` changes, in order: different from what those before it change. Pure: the same corpus, wish and index give the same
 * changes.
 */
export function planChanges(corpus: Corpus, wish: Wish, index: number): Idea[] {
  const used = new Set<string>();
  const seen = new Set<string>();
  for (let each = 0; each <= index; each += 1) {
    const { ideas, signature } = planOne(corpus, wish, each % USUAL.length, used, seen);
    for (const { key } of ideas) used.add(key);
    seen.add(signature);
    if (each === index) return ideas;
  }
  return [];
}

function planOne(
  corpus: Corpus,
  wish: Wish,
  letter: number,
  used: ReadonlySet<string>,
  seen: ReadonlySet<string>,
): { ideas: Idea[]; signature: string } {
  const asked: Step[] = wish.kinds.length === 0 ? [] : wish.kinds.includes("rename") ? [["rename"], ...rest(wish.kinds)] : [wish.kinds];
  const steps = asked.length === 0 ? (USUAL[letter] ?? []) : [...asked, ...(ADDED[letter] ?? [])];
  const state = new Plan(corpus, wish, letter);
  for (const step of steps) state.take(step, used);
  // Whatever is left makes the difference where little can be done.
  const everything: Step = ["document", "guard", "constant", "test", ...MARKDOWN];
  for (let tries = 0; tries < 6 && (state.ideas.length === 0 || seen.has(state.signature())); tries += 1) {
    if (!state.take(everything, used) && !state.take(everything, new Set())) break;
  }
  return { ideas: seen.has(state.signature()) ? [] : state.ideas, signature: state.signature() };
}

function rest(kinds: readonly IdeaKind[]): Step[] {
  const others = kinds.filter((kind) => kind !== "rename");
  return others.length === 0 ? [] : [others];
}

/** Takes ideas one after the other, each on top of those before it. */
class Plan {
  readonly ideas: Idea[] = [];
  private readonly before: ReadonlyMap<string, string>;
  private texts: Map<string, string>;

  constructor(
    private readonly corpus: Corpus,
    private readonly wish: Wish,
    private readonly letter: number,
  ) {
    const { sources, others, documents, tests } = corpus;
    const files = [...sources, ...others, ...tests.values(), ...documents];
    this.before = new Map(files.map(({ path, text }) => [path, text]));
    this.texts = new Map(this.before);
  }

  /** The same for plans that come to the same, whatever their order. */
  signature(): string {
    return JSON.stringify(
      [...this.texts].filter(([path, text]) => this.before.get(path) !== text).sort(([one], [other]) => one.localeCompare(other)),
    );
  }

  /** Takes the first idea of these kinds; what other variations do is left to them while there is something else. */
  take(kinds: Step, used: ReadonlySet<string>): boolean {
    for (const kind of kinds) {
      const ideas = this.propose(kind).filter(({ key }) => !this.ideas.some((idea) => idea.key === key));
      const fresh = ideas.filter(({ key }) => !used.has(key));
      for (const idea of [...fresh, ...(kind === "rename" || used.size === 0 ? ideas : this.wish.kinds.includes(kind) ? ideas : [])]) {
        const after = applyIdea(this.texts, idea);
        if (after === undefined) continue;
        this.texts = after;
        this.ideas.push(idea);
        return true;
      }
    }
    return false;
  }

  private propose(kind: IdeaKind): Idea[] {
    const sources = this.corpus.sources.flatMap(({ path }) => openSource({ path, text: this.texts.get(path) ?? "" }) ?? []);
    const { documents, manifest, paths } = this.corpus;
    switch (kind) {
      case "guard":
        return this.ranked(sources.flatMap(proposeGuards));
      case "document":
        return this.ranked(sources.flatMap(proposeDocuments), this.ideas.at(-1)?.path);
      case "constant":
        return this.ranked(sources.flatMap(proposeConstants));
      case "test":
        return this.tests(sources);
      case "rename": {
        const files = [...this.texts].map(([path, text]) => ({ path, text }));
        const idea = this.wish.rename === undefined ? undefined : proposeRename(files, this.wish.rename);
        return idea === undefined ? [] : [idea];
      }
      case "index":
        // Folders of code are explained by the code.
        return sources.length === 0 ? proposeIndexes(paths) : [];
      default:
        return documents
          .flatMap(({ path }) => proposeMarkdown({ document: { path, text: this.texts.get(path) ?? "" }, sources, paths, manifest }))
          .filter((idea) => idea.kind === kind);
    }
  }

  /** A test of what was just changed comes first. */
  private tests(sources: readonly SourceFile[]): Idea[] {
    const last = this.ideas.at(-1);
    const ideas = sources.flatMap((file) => {
      const example = this.corpus.tests.get(file.path);
      if (example === undefined) return [];
      const paths = [...this.corpus.paths, ...this.ideas.flatMap(({ files }) => files.map(({ path }) => path))];
      const ground = { example, manifest: this.corpus.manifest, paths };
      const changed = last?.target?.file.path === file.path ? last.target.info : undefined;
      const own = changed?.isPublic === true ? proposeTest(ground, file, changed, last?.guarded) : undefined;
      return [...(own === undefined ? [] : [own]), ...proposeTests(ground, file)];
    });
    return this.ranked(ideas, last?.path);
  }

  /** What the prompt names comes first, then what is public, then what is near `path`. */
  private ranked(ideas: Idea[], path?: string): Idea[] {
    const score = ({ target, path: own }: Idea): number => {
      const named = target !== undefined && this.wish.names.some((name) => name.replace(/\(\)$/, "") === target.info.name);
      const inFile = this.wish.names.some((name) => own.endsWith(name));
      return (named ? 8 : 0) + (inFile ? 4 : 0) + (own === path ? 2 : 0) + (target?.info.isPublic === true ? 1 : 0);
    };
    return ideas
      .map((idea, index) => ({ idea, index }))
      .sort((one, other) => score(other.idea) - score(one.idea) || one.index - other.index)
      .map(({ idea }) => idea);
  }
}
