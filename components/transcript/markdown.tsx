"use client";

import { Copy } from "lucide-react";
import { type ComponentProps, memo, type ReactElement, useEffect, useRef, useState } from "react";
import ReactMarkdown, { type Components, type Options } from "react-markdown";
import remarkGfm from "remark-gfm";
import { copyText } from "@/components/ui/copy-text";
import { cx } from "@/components/ui/cx";

const remarkPlugins = [remarkGfm];
type Plugins = Options["rehypePlugins"];
/** Grammars are larger than the rest of the page: they come with the first block of code. */
let highlighting: Plugins;

function useHighlighting(text: string): Plugins {
  const [plugins, setPlugins] = useState<Plugins>(highlighting);
  const wanted = plugins === undefined && text.includes("```");
  useEffect(() => {
    if (!wanted) return;
    let here = true;
    void import("rehype-highlight").then((module) => {
      highlighting = [module.default];
      if (here) setPlugins(highlighting);
    });
    return () => {
      here = false;
    };
  }, [wanted]);
  return plugins;
}

/** Only absolute web addresses: a relative one would be a page of this program that an agent's text points at. */
function webAddress(url: string): string {
  return /^https?:\/\//i.test(url) ? url : "";
}

/** Headings of any level stand directly below the page's own, and look alike: an agent's outline is not the page's. */
function Heading({ children }: ComponentProps<"h2">): ReactElement {
  return <h2 className="mt-3 font-semibold first:mt-0">{children}</h2>;
}

/** Code, with the way to take it along. */
function CodeBlock({ children }: ComponentProps<"pre">): ReactElement {
  const code = useRef<HTMLPreElement>(null);
  return (
    <div className="group/code relative min-w-0">
      {/* What scrolls must be reachable by keyboard. */}
      <pre ref={code} tabIndex={0} className="overflow-x-auto rounded-md bg-raised px-2.5 py-2 leading-relaxed">
        {children}
      </pre>
      <button
        type="button"
        aria-label="Copy the code"
        title="Copy the code"
        onClick={() => copyText((code.current?.textContent ?? "").trimEnd(), "Code copied")}
        className="absolute top-1 right-1 grid size-6 place-items-center rounded-md border border-line-strong bg-raised text-muted opacity-0 hover:text-text focus-visible:opacity-100 group-hover/code:opacity-100 [@media(hover:none)]:opacity-100"
      >
        <Copy aria-hidden="true" className="size-3" />
      </button>
    </div>
  );
}

const components: Components = {
  h1: Heading,
  h2: Heading,
  h3: Heading,
  h4: Heading,
  h5: Heading,
  h6: Heading,
  a: ({ href, children }) =>
    href === undefined || href === "" ? (
      <span>{children}</span>
    ) : (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="underline decoration-line-strong underline-offset-2">
        {children}
      </a>
    ),
  // A picture would be fetched from wherever the text says.
  img: ({ alt }) => <span className="text-faint">[image{alt === undefined || alt === "" ? "" : `: ${alt}`}]</span>,
  pre: CodeBlock,
  table: ({ children }) => (
    // What scrolls must be reachable by keyboard.
    <div tabIndex={0} role="group" aria-label="Table" className="overflow-x-auto">
      <table className="border-collapse text-meta">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border border-line px-2 py-1 text-left font-semibold">{children}</th>,
  td: ({ children }) => <td className="border border-line px-2 py-1 align-top">{children}</td>,
  input: ({ checked }) => <span aria-label={checked === true ? "done" : "open"}>{checked === true ? "☑ " : "☐ "}</span>,
};

const look = cx(
  "grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2 leading-[1.55] [overflow-wrap:anywhere]",
  "[&_ul]:grid [&_ul]:list-disc [&_ul]:gap-1 [&_ul]:pl-4 [&_ol]:grid [&_ol]:list-decimal [&_ol]:gap-1 [&_ol]:pl-5",
  "[&_blockquote]:border-line-strong [&_blockquote]:border-l-2 [&_blockquote]:pl-2.5 [&_blockquote]:text-muted [&_hr]:border-line",
  "[&_:not(pre)>code]:rounded-[3px] [&_:not(pre)>code]:bg-raised [&_:not(pre)>code]:px-1",
  "[&_.hljs-comment]:text-faint [&_.hljs-quote]:text-faint [&_.hljs-meta]:text-faint",
  "[&_.hljs-keyword]:text-(--syntax-key) [&_.hljs-selector-tag]:text-(--syntax-key) [&_.hljs-type]:text-(--syntax-key)",
  "[&_.hljs-built_in]:text-(--syntax-key) [&_.hljs-attr]:text-(--syntax-key) [&_.hljs-name]:text-(--syntax-key)",
  "[&_.hljs-string]:text-(--syntax-string) [&_.hljs-regexp]:text-(--syntax-string) [&_.hljs-addition]:text-add-text",
  "[&_.hljs-number]:text-(--syntax-number) [&_.hljs-literal]:text-(--syntax-number) [&_.hljs-deletion]:text-del-text",
);

/** An agent's finished text. Raw HTML in it stays text. Parsed again only when it is another text. */
export const Markdown = memo(function Markdown({ text }: { text: string }): ReactElement {
  const rehypePlugins = useHighlighting(text);
  return (
    <div className={look}>
      <ReactMarkdown remarkPlugins={remarkPlugins} rehypePlugins={rehypePlugins} components={components} urlTransform={webAddress}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
