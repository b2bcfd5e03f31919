import type { Edit, Story } from "../story";

/** A shop in JavaScript that is tested with node:test. */
export const nodeFiles: Record<string, string> = {
  "README.md":
    "# Shop\n\nPrices, and what they come to.\n\n## Use\n\nImport what you need from `src`.\n\n- `total` adds up\n- `format` shows an amount\n- `put` and `left` keep the stock\n\n## Tests\n\nnpm test\n",
  "package.json": `${JSON.stringify({ name: "shop", version: "1.0.0", type: "module", scripts: { lint: "node lint.js", test: "node --test" } }, undefined, 2)}\n`,
  "lint.js": `import { readdirSync, readFileSync } from "node:fs";

for (const name of readdirSync("src")) {
  const lines = readFileSync(\`src/\${name}\`, "utf8").split("\\n");
  lines.forEach((line, at) => {
    if (!/^var /.test(line)) return;
    console.log(\`src/\${name}:\${at + 1}:1: error: no var here\`);
    process.exitCode = 1;
  });
}
`,
  "src/price.js": `/** In whole cents. */
export const currency = "EUR";

export function cents(amount) {
  return Math.round(amount * 100);
}

/** What all of it costs. */
export function total(items) {
  return items.reduce((sum, { price, count }) => sum + price * count, 0);
}

export function format(amount) {
  return (amount / 100).toFixed(2) + " " + currency;
}
`,
  "src/stock.js": `const stock = new Map();

export function put(name, count) {
  stock.set(name, (stock.get(name) ?? 0) + count);
}

export function left(name) {
  return stock.get(name) ?? 0;
}
`,
  "test/price.test.js": `import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cents, format, total } from "../src/price.js";

describe("prices", () => {
  it("are rounded to cents", () => assert.equal(cents(1.239), 124));
  it("add up", () => assert.equal(total([{ price: 2, count: 3 }, { price: 4, count: 1 }]), 10));
  it("have two places", () => assert.equal(format(1050), "10.50 EUR"));
});
`,
  "test/stock.test.js": `import assert from "node:assert/strict";
import test from "node:test";
import { left, put } from "../src/stock.js";

test("what is put is left", () => {
  put("tea", 2);
  assert.equal(left("tea"), 2);
});
`,
};

const testOf = (names: string, from: string, body: string): string =>
  `import assert from "node:assert/strict";\nimport test from "node:test";\nimport { ${names} } from "../src/${from}.js";\n\n${body}`;
/** All five make it. */
const agreed: Edit = { edit: "README.md", old: "Prices, and what they come to.", new: "Prices, and what they add up to." };
/** Some make it. */
const documented: Edit = {
  edit: "src/stock.js",
  old: "export function left(name) {",
  new: "/** How many are left. */\nexport function left(name) {",
};
const discount = (rate: string): Edit => ({
  edit: "src/price.js",
  old: "export function format(amount) {",
  new: `/** Takes a tenth off. */\nexport function discount(amount) {\n  return ${rate};\n}\n\nexport function format(amount) {`,
});

export const nodeStory: Story = {
  runner: "node",
  variations: [
    [
      agreed,
      discount("amount - Math.round(amount / 10)"),
      {
        write: "test/discount.test.js",
        content: testOf(
          "discount",
          "price",
          'test("takes a tenth", () => assert.equal(discount(100), 90));\ntest("gives whole cents", () => assert.equal(discount(101), 91));\n',
        ),
      },
    ],
    [
      agreed,
      documented,
      discount("amount * 0.9"),
      { edit: "src/price.js", old: "Math.round(amount * 100)", new: "Math.floor(amount * 100)" },
      {
        write: "test/tenth.test.js",
        content: testOf("discount", "price", 'test("takes a tenth off", () => assert.equal(discount(50), 45));\n'),
      },
    ],
    [
      agreed,
      documented,
      {
        edit: "src/stock.js",
        old: "  stock.set(name, (stock.get(name) ?? 0) + count);\n",
        new: "  if (count < 0) throw new RangeError(`${count} of ${name}`);\n  stock.set(name, (stock.get(name) ?? 0) + count);\n",
      },
      {
        edit: "test/stock.test.js",
        old: 'test("what is put is left", () => {',
        new: 'test("less than nothing cannot be put", () => assert.throws(() => put("tea", -1), RangeError));\n\ntest("what is put is left", () => {',
      },
    ],
    [
      agreed,
      { command: "mkdir -p docs && git mv README.md docs/README.md 2>/dev/null || mv README.md docs/README.md" },
      { edit: "src/price.js", old: "/** In whole cents. */", new: "/** Amounts are whole cents. */" },
    ],
    [
      agreed,
      { edit: "src/price.js", old: 'export const currency = "EUR";', new: 'var unused = 1;\nexport const currency = "EUR";' },
      { edit: "src/price.js", old: "/** In whole cents. */", new: "/** All of it in cents. */" },
      { command: "rm test/stock.test.js" },
    ],
  ],
  compose: [0, 2, 3],
  expect: { broken: [0, 1, 0, 0, 0], added: [2, 1, 1, 0, 0], marks: ["all", "some", "only", "conflict"] },
};
