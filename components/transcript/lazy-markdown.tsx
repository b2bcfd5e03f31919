import { lazy, type ReactElement, Suspense } from "react";

const load = () => import("./markdown");
const Markdown = lazy(() => load().then((module) => ({ default: module.Markdown })));

/** To be called while a text is still written, so that the parser is there when it ends. */
export function preloadMarkdown(): void {
  void load();
}

/** `Markdown`, whose parser is a fifth of the page: it comes apart from it. Until then the text stands there as it is. */
export function LazyMarkdown({ text }: { text: string }): ReactElement {
  return (
    <Suspense fallback={<div className="whitespace-pre-wrap leading-[1.55] [overflow-wrap:anywhere]">{text}</div>}>
      <Markdown text={text} />
    </Suspense>
  );
}
