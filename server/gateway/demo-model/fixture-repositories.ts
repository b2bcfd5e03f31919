/** Small repositories, one per language, each with tests of its own. Only for tests. */
export interface FixtureRepository {
  name: string;
  files: Record<string, string>;
  /** A program that must be there, and what runs the repository's own tests. */
  tool: string;
  test: string[];
}

const JAVASCRIPT = `'use strict'

/* Copyright 2020 Somebody */

const limits = { size: 10 }

function parsePair (text, options) {
  const separator = options.separator || '='
  const at = text.indexOf(separator)
  if (at < 0) {
    return null
  }
  return { key: text.slice(0, at), value: text.slice(at + 1).replace(/['"]/g, '') }
}

function isComment (line) {
  return line.trim().startsWith('#') // a line such as "# x"
}

function readTimeout (settings) {
  let timeout = settings.timeout
  if (timeout > 30000) {
    timeout = 30000
  }
  return timeout
}

function applyAll (callback, list) {
  const first = callback(list[0])
  return [first].concat(list.slice(1).map(callback))
}

module.exports = { parsePair, isComment, readTimeout, applyAll, limits }
`;

const TYPESCRIPT = `import { EOL } from "node:os";

export interface Entry {
  name: string;
  tags?: string[];
}

export function formatEntry(entry: Entry, width: number = 40): string {
  const name = entry.name.padEnd(width);
  return \`\${name}\${(entry.tags ?? []).map((tag) => \`#\${tag}\`).join(" ")}\`;
}

export function countTags(entries: Entry[]): number {
  return entries.reduce((sum, { tags }) => sum + (tags?.length ?? 0), 0);
}

export async function loadEntries(source: { read(): Promise<string> }): Promise<Entry[]> {
  const text = await source.read();
  return text.split(EOL).map((name) => ({ name }));
}
`;

const PYTHON = `"""Small things for words."""


def count_words(text):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return counts


def merge_counts(left, right):
    merged = dict(left)
    for word in right:
        merged[word] = merged.get(word, 0) + right[word]
    return merged


def format_counts(counts, separator=": "):
    """Format the counts, one word per line."""
    lines = sorted(counts.items())
    return "\\n".join(f"{word}{separator}{count}" for word, count in lines)


class Counter:
    def update_from(self, text):
        words = text.split()
        self.words = words
        return len(words)
`;

const GO = `// Package stack is a stack of strings.
package stack

import "errors"

// Stack keeps strings.
type Stack struct {
	items []string
}

// Push puts an item on top.
func (s *Stack) Push(item string) {
	s.items = append(s.items, item)
}

func (s *Stack) Pop() (string, error) {
	if len(s.items) == 0 {
		return "", errors.New("the stack is empty")
	}
	top := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return top, nil
}

func MergeStacks(left *Stack, right *Stack) (*Stack, error) {
	items := left.items
	return &Stack{items: append(items, right.items...)}, nil
}
`;

const RUST = `//! Counts lines.

/// Text with its lines.
pub struct Lines {
    text: String,
}

impl Lines {
    pub fn new() -> Lines {
        Lines { text: String::new() }
    }

    pub fn push_line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\\n');
    }
}

pub fn count_lines(text: &str) -> usize {
    text.lines().filter(|line| !line.starts_with('#')).count()
}

pub fn parse_number(text: &str) -> Option<u32> {
    let trimmed = text.trim_matches('"');
    trimmed.parse().ok()
}
`;

const JAVA = `/* Licensed to nobody. */
package com.example;

public class Text {

    public static String capitalize(final String text) {
        final char first = Character.toUpperCase(text.charAt(0));
        return first + text.substring(1);
    }

    public static int countWords(String text) {
        return text.split(" ").length;
    }

    private static boolean isBlank(String text) {
        return text.trim().isEmpty();
    }
}
`;

const README =
  "# Fixture\n\nA small repository.\n\n## Install\n\nNot at all.\n\n## Use\n\n```\nnpm install fixture\n```\n\n## Ideas\n\nNone.\n\n## License\n\nMIT\n";

export const fixtureRepositories: readonly FixtureRepository[] = [
  {
    name: "JavaScript",
    tool: "node",
    test: ["node", "--test", "test/"],
    files: {
      "package.json": '{ "name": "pairs", "main": "lib/pairs.js", "scripts": { "test": "node --test test/" } }\n',
      "README.md": README,
      "lib/pairs.js": JAVASCRIPT,
      "test/pairs.test.js": `'use strict'

const assert = require('node:assert')
const { test } = require('node:test')
const { parsePair, readTimeout, applyAll } = require('../lib/pairs')

test('parses', () => {
  assert.deepStrictEqual(parsePair('a="b"', {}), { key: 'a', value: 'b' })
  assert.strictEqual(readTimeout({ timeout: 99999 }), 30000)
  assert.deepStrictEqual(applyAll((n) => n + 1, [1, 2]), [2, 3])
  assert.throws(() => parsePair(undefined, {}), TypeError)
})
`,
    },
  },
  {
    name: "TypeScript",
    tool: "node_modules/.bin/vitest",
    test: ["node_modules/.bin/vitest", "run", "--root", ".", "--configLoader", "runner"],
    files: {
      "package.json":
        '{ "name": "entries", "type": "module", "devDependencies": { "vitest": "*" }, "scripts": { "test": "vitest run" } }\n',
      "README.md": README,
      "src/entries.ts": TYPESCRIPT,
      "test/entries.test.ts": `import { expect, it } from "vitest";
import { countTags, formatEntry } from "../src/entries";

it("formats and counts", () => {
  expect(formatEntry({ name: "a", tags: ["x"] }, 3)).toBe("a  #x");
  expect(countTags([{ name: "a", tags: ["x", "y"] }, { name: "b" }])).toBe(2);
});
`,
    },
  },
  {
    name: "Python",
    tool: "python3",
    test: ["python3", "-B", "-m", "unittest", "discover", "-s", "tests", "-t", "."],
    files: {
      "pyproject.toml": '[project]\nname = "words"\n',
      "README.md": README,
      "words/__init__.py": "",
      "words/counting.py": PYTHON,
      "tests/__init__.py": "",
      "tests/test_counting.py": `import unittest

from words.counting import count_words, merge_counts


class TestCounting(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(count_words("a b a"), {"a": 2, "b": 1})
        self.assertEqual(merge_counts({"a": 1}, {"a": 2}), {"a": 3})
`,
    },
  },
  {
    name: "Go",
    tool: "go",
    test: ["go", "test", "./..."],
    files: {
      "go.mod": "module example.com/stack\n\ngo 1.19\n",
      "README.md": README,
      "stack.go": GO,
      "stack_test.go": `package stack

import "testing"

func TestStack(t *testing.T) {
	s := &Stack{}
	s.Push("a")
	if top, err := s.Pop(); err != nil || top != "a" {
		t.Fatalf("got %q, %v", top, err)
	}
}
`,
    },
  },
  {
    name: "Rust",
    tool: "cargo",
    test: ["cargo", "test", "--offline", "--quiet"],
    files: {
      "Cargo.toml": '[package]\nname = "line-count"\nversion = "0.1.0"\nedition = "2021"\n',
      "README.md": README,
      "src/lib.rs": RUST,
      "tests/lines.rs": 'use line_count::count_lines;\n\n#[test]\nfn counts() {\n    assert_eq!(count_lines("a\\n# b\\nc"), 2);\n}\n',
    },
  },
  {
    name: "Java",
    tool: "javac",
    test: ["sh", "-c", "javac -d out $(find src/main -name '*.java')"],
    files: {
      "pom.xml": "<project></project>\n",
      "README.md": README,
      "src/main/java/com/example/Text.java": JAVA,
      "src/test/java/com/example/TextTest.java": `/* Licensed to nobody. */
package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void capitalizes() {
        assertEquals("Abc", Text.capitalize("abc"));
    }
}
`,
    },
  },
  {
    name: "Markdown",
    tool: "sh",
    test: ["true"],
    files: {
      "README.md": README,
      "guide/one.md": "# One\n",
      "guide/two.md": "# Two\n\nWe recieve the the letter.\n",
      "guide/three.md": "# Three\n",
      "lists/a.txt": "a\n",
    },
  },
];
