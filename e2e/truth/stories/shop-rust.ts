import type { Edit, Story } from "../story";

/** A shop in Rust, without crates. */
export const rustFiles: Record<string, string> = {
  "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
  ".gitignore": "target\n",
  "src/lib.rs": `//! Prices in whole cents.

pub fn total(items: &[(i64, i64)]) -> i64 {
    items.iter().map(|(price, count)| price * count).sum()
}

pub fn shown(amount: i64) -> String {
    format!("{}.{:02} EUR", amount / 100, amount % 100)
}

pub fn half(amount: i64) -> i64 {
    amount / 2
}
`,
  "tests/price.rs": `#[test]
fn adds_up() {
    assert_eq!(shop::total(&[(2, 3), (4, 1)]), 10);
}

#[test]
fn has_two_places() {
    assert_eq!(shop::shown(1050), "10.50 EUR");
}
`,
};

const agreed: Edit = { edit: "src/lib.rs", old: "//! Prices in whole cents.", new: "//! Prices, in whole cents." };
const documented: Edit = { edit: "src/lib.rs", old: "pub fn half", new: "/// Half of it.\npub fn half" };
const discount = (rate: string): Edit => ({
  edit: "src/lib.rs",
  old: "pub fn shown",
  new: `pub fn discount(amount: i64) -> i64 {\n    ${rate}\n}\n\npub fn shown`,
});

export const rustStory: Story = {
  runner: "cargo",
  variations: [
    [
      agreed,
      discount("amount - amount / 10"),
      { write: "tests/discount.rs", content: "#[test]\nfn takes_a_tenth() {\n    assert_eq!(shop::discount(101), 91);\n}\n" },
    ],
    [
      agreed,
      documented,
      discount("amount * 9 / 10"),
      { edit: "src/lib.rs", old: "amount % 100)", new: "amount % 10)" },
      { write: "tests/tenth.rs", content: "#[test]\nfn takes_a_tenth_off() {\n    assert_eq!(shop::discount(50), 45);\n}\n" },
    ],
    [
      agreed,
      documented,
      { write: "tests/half.rs", content: "#[test]\nfn halves() {\n    assert_eq!(shop::half(5), 2);\n}\n" },
      { write: "src/stock.rs", content: "//! What is left.\n" },
    ],
    [agreed, { write: "README.md", content: "# Shop\n" }],
    [agreed, { write: "README.md", content: "# A shop\n" }, { command: "rm tests/price.rs" }],
  ],
  compose: [0, 2, 3],
  crossed: [0, 1],
  disabled: ["cargo:types", "cargo:build"],
  expect: { broken: [0, 1, 0, 0, 0], added: [1, 1, 1, 0, 0], marks: ["all", "some", "only", "conflict"] },
};
