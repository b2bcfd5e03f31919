import type { Edit, Story } from "../story";

/** A shop in Python that is tested with unittest, which comes with it. */
export const pythonFiles: Record<string, string> = {
  "setup.cfg": "[metadata]\nname = shop\n",
  "shop/__init__.py": "",
  "shop/price.py": `"""Prices in whole cents."""

CURRENCY = "EUR"


def cents(amount):
    return round(amount * 100)


def total(items):
    """What all of it costs."""
    return sum(price * count for price, count in items)


def shown(amount):
    return f"{amount / 100:.2f} {CURRENCY}"
`,
  "shop/stock.py": `stock = {}


def put(name, count):
    stock[name] = stock.get(name, 0) + count


def left(name):
    return stock.get(name, 0)
`,
  "tests/__init__.py": "",
  "tests/test_price.py": `import unittest

from shop.price import cents, shown, total


class PriceTest(unittest.TestCase):
    def test_cents(self):
        """Amounts are rounded."""
        self.assertEqual(cents(1.239), 124)

    def test_total(self):
        self.assertEqual(total([(2, 3), (4, 1)]), 10)

    def test_shown(self):
        self.assertEqual(shown(1050), "10.50 EUR")
`,
};

const testOf = (module: string, name: string, body: string): string =>
  `import unittest\n\nfrom shop import ${module}\n\n\nclass ${name}Test(unittest.TestCase):\n${body}`;
const agreed: Edit = { edit: "shop/price.py", old: '"""Prices in whole cents."""', new: '"""Prices, in whole cents."""' };
const documented: Edit = { edit: "shop/stock.py", old: "def left(name):\n", new: 'def left(name):\n    """How many are left."""\n' };
const discount = (rate: string): Edit => ({
  edit: "shop/price.py",
  old: "def shown(amount):\n",
  new: `def discount(amount):\n    """Takes a tenth off."""\n    return ${rate}\n\n\ndef shown(amount):\n`,
});

export const pythonStory: Story = {
  runner: "unittest",
  variations: [
    [
      agreed,
      discount("amount - amount // 10"),
      {
        write: "tests/test_discount.py",
        content: testOf(
          "price",
          "Discount",
          "    def test_tenth(self):\n        self.assertEqual(price.discount(100), 90)\n\n    def test_whole(self):\n        self.assertEqual(price.discount(101), 91)\n",
        ),
      },
    ],
    [
      agreed,
      documented,
      discount("amount * 0.9"),
      { edit: "shop/price.py", old: "round(amount * 100)", new: "int(amount * 100)" },
      {
        write: "tests/test_tenth.py",
        content:
          "import unittest\n\nfrom shop.price import discount\n\n\nclass TenthTest(unittest.TestCase):\n    def test_tenth(self):\n        self.assertEqual(discount(50), 45)\n",
      },
    ],
    [
      agreed,
      documented,
      { edit: "shop/stock.py", old: "    stock[name] =", new: "    if count < 0:\n        raise ValueError(name)\n    stock[name] =" },
      {
        write: "tests/test_stock.py",
        content: testOf(
          "stock",
          "Stock",
          '    def test_refuses(self):\n        with self.assertRaises(ValueError):\n            stock.put("tea", -1)\n\n    @unittest.skip("later")\n    def test_later(self):\n        pass\n',
        ),
      },
    ],
    [
      agreed,
      { edit: "shop/price.py", old: 'CURRENCY = "EUR"', new: 'CURRENCY = "EUR"\nPLACES = 2' },
      { write: "NOTES.md", content: "# Notes\n" },
    ],
    [
      agreed,
      { edit: "shop/price.py", old: 'CURRENCY = "EUR"', new: 'CURRENCY = "EUR"\nDIGITS = 2' },
      { command: "rm tests/test_price.py" },
    ],
  ],
  compose: [0, 2, 3],
  crossed: [0, 1],
  expect: { broken: [0, 1, 0, 0, 0], added: [2, 1, 1, 0, 0], marks: ["all", "some", "only", "conflict"] },
};
