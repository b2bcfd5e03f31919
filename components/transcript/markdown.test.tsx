import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Markdown } from "./markdown";

const html = (text: string): string => renderToStaticMarkup(<Markdown text={text} />);

describe("an agent's text", () => {
  it("keeps web addresses as links that tell nobody where they come from", () => {
    expect(html("see [docs](https://example.com/a)")).toMatch(
      /<a href="https:\/\/example\.com\/a" target="_blank" rel="noopener noreferrer nofollow"[^>]*>docs<\/a>/,
    );
  });

  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "/api/v1/runs",
    "//evil.example",
    "#main",
    "file:///etc/passwd",
  ])("makes no link of %s", (address) => {
    const shown = html(`[word](${address})`);
    expect(shown).not.toContain("<a");
    expect(shown).toContain("word");
  });

  it("never fetches pictures", () => {
    const shown = html(
      "![a chart](https://evil.example/x.png) ![](https://evil.example/y.png) [![in a link](https://evil.example/z.png)](/x)",
    );
    expect(shown).not.toMatch(/<img|evil\.example/);
    expect(shown).toContain("[image: a chart]");
    expect(shown).toContain("[image: in a link]");
  });

  it("shows raw HTML as text", () => {
    const shown = html(
      '<script>alert(1)</script>\n\n<b onclick="x()">bold</b> <iframe src="https://evil.example"></iframe> <style>*{}</style>',
    );
    expect(shown).not.toMatch(/<(script|b|iframe|style)\b/);
    expect(shown).toContain("&lt;script&gt;");
  });

  it("colours code", () => {
    expect(html("```ts\nconst a = 1;\n```")).toContain("hljs-keyword");
  });
});
