import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { keyName } from "./registry";
import { ShortcutList } from "./shortcut-list";

test("keys are written as they stand on keyboards", () => {
  expect(keyName("s")).toBe("S");
  expect(keyName("?")).toBe("?");
  expect(keyName("escape")).toBe("Esc");
  expect(keyName("h", true)).toBe("⇧ H");
});

test("the list of shortcuts names each group and key", () => {
  const html = renderToString(<ShortcutList groups={[{ group: "Views", rows: [{ keys: "D", what: "Diff", group: "Views" }] }]} />);
  expect(html).toContain('aria-label="Views"');
  expect(html).toMatch(/<kbd[^>]*>D<\/kbd>.*Diff/);
});
