import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { deferred } from "./deferred";

const Greeting = ({ name }: { name: string }) => <p>Hello {name}</p>;

test("what is there is rendered at once, and until then what waits in its place", async () => {
  let calls = 0;
  const { Component, load } = deferred<{ name: string }>(
    async () => {
      calls += 1;
      return Greeting;
    },
    <p>Loading…</p>,
  );
  expect(renderToStaticMarkup(<Component name="Ada" />)).toBe("<p>Loading…</p>");
  await Promise.all([load(), load()]);
  expect(renderToStaticMarkup(<Component name="Ada" />)).toBe("<p>Hello Ada</p>");
  expect(calls).toBe(1);
});

test("code that did not come is asked for again", async () => {
  let calls = 0;
  const { Component, load } = deferred<{ name: string }>(async () => {
    calls += 1;
    if (calls === 1) throw new Error("offline");
    return Greeting;
  });
  await expect(load()).rejects.toThrow("offline");
  await load();
  expect(renderToStaticMarkup(<Component name="Ada" />)).toBe("<p>Hello Ada</p>");
});
