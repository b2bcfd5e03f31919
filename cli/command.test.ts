import { describe, expect, it } from "vitest";
import type { Console } from "./console";
import { nearest } from "./nearest";
import { runCommandLine } from "./run-command-line";
import { sourceNamed } from "./run-reference";
import { readRequest } from "./run-request";

async function ended(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const terminal: Console = {
    cwd: "/",
    root: "/nowhere",
    env: { NODE_ENV: "test" },
    name: "aideator",
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    live: false,
    colour: false,
    columns: () => 80,
    rows: () => 24,
  };
  return { code: await runCommandLine(args, terminal), ...said };
}

describe("a wrong command line", () => {
  it.each([
    [["rnu"], 'no command "rnu". Did you mean run?'],
    [["selct", "x"], "Did you mean select?"],
    [["--hepl"], "no option --hepl"],
    [["run", "--promt", "x"], "no option --promt. Did you mean --prompt?"],
    [["run", "--prompt"], "--prompt needs a value"],
    [["run", "--prompt", "--json"], "Write --prompt=--json"],
    [["run", "-p", "--json"], "Write --prompt=--json"],
    [["run", "-p=x"], "Write --prompt=x"],
    [["run", "--json=yes", "--prompt", "x"], "--json takes no value"],
    [["run"], "Say what should change"],
    [["run", "--prompt", "x", "-n", "6"], '-n "6": give a whole number from 1 to 5'],
    [["run", "--prompt", "x", "-n", "3", "-m", "a,b"], "--model names 2, and there are 3"],
    [["run", "--prompt", "x", "--max-dollars", "0"], "--max-dollars"],
    [["diff"], "Usage: aideator diff"],
    [["list", "more"], '"more" is one word too many'],
    [["land", "last", "--draft"], "--draft does not go with --kind branch, but with pull-request"],
    [["land", "last", "--kind", "merge"], "give branch, checkout, push or pull-request"],
    [["allow", "--remove"], "Say which folder"],
    [["list", "--server", "ftp://x"], "is no address of a server"],
  ])("%j ends with 2 and a sentence", async (args, words) => {
    const { code, out, err } = await ended(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(words);
    expect(err).not.toContain("    at ");
  });

  it("without a server ends with 3 and how to start one", async () => {
    expect(await ended("list")).toMatchObject({ code: 3, err: expect.stringContaining("aideator up") as string });
    expect((await ended("list", "--server", "http://127.0.0.1:1")).code).toBe(3);
  });
});

it("every command has a help that names its options", async () => {
  const { code, out } = await ended("--help");
  expect(code).toBe(0);
  const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => name ?? "");
  expect(names).toEqual(expect.arrayContaining("up run allow diff select land export doctor".split(" ")));
  for (const name of names) {
    const help = await ended(name, "--help");
    expect(help.code).toBe(0);
    expect(help.out).toContain(`Usage: aideator ${name}`);
  }
  expect((await ended()).code).toBe(2);
});

it("models and agents are one for all or one for each", async () => {
  const line = async (options: Parameters<typeof readRequest>[0]) => (await readRequest({ prompt: "p", ...options }, false)).line_up;
  expect(await line({})).toBeUndefined();
  expect(await line({ model: "a, b" })).toEqual([{ model: "a" }, { model: "b" }]);
  expect(await line({ model: "a", variations: "2", agent: "x" })).toEqual([1, 2].map(() => ({ agent: "x", model: "a" })));
  expect(await line({ model: "a", agent: "x,y" })).toEqual([
    { agent: "x", model: "a" },
    { agent: "y", model: "a" },
  ]);
});

it("a letter or a composition is what can be selected and landed", () => {
  const run = { variations: [{}, {}] } as unknown as Parameters<typeof sourceNamed>[1];
  expect(["a", "B", "composition-1", "Composition-12"].map((name) => sourceNamed(name, run))).toEqual([
    { winner: 0 },
    { winner: 1 },
    { composition: 1 },
    { composition: 12 },
  ]);
  for (const wrong of ["composition-0", "composition", "1"]) expect(() => sourceNamed(wrong, run)).toThrow(/such as composition-1/);
  expect(() => sourceNamed("c", run)).toThrow(/no variation/);
});

it("the nearest word is one that is near", () => {
  expect(nearest("dif", ["diff", "doctor"])).toBe("diff");
  expect(nearest("zzzzzz", ["diff", "doctor"])).toBeUndefined();
});
