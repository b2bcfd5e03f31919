import { expect, it } from "vitest";
import { readAddress } from "./repository-address";

it("reads what a person types, without the disk and the network", () => {
  expect(readAddress(" git@github.com:acme/shop.git ", [])).toEqual({
    address: { kind: "ssh", url: "ssh://git@github.com/acme/shop.git", name: "acme/shop" },
  });
  expect(readAddress("/home/ada/code/shop/.git", [])).toEqual({
    address: { kind: "path", url: "/home/ada/code/shop/.git", name: "shop" },
  });
});

it("says what is wrong while it is being typed", () => {
  const refusal = (text: string): string => {
    const read = readAddress(text, ["git.intern:3000"]);
    return "refusal" in read ? read.refusal : "";
  };
  expect(refusal("https://ada:secret@github.com/acme/shop")).toContain("credentials");
  expect(refusal("https://github.com/")).toContain("names no repository");
  expect(refusal("http://github.com/acme/shop")).toContain("Only https://");
  expect(refusal("http://git.intern:3000/acme/shop")).toBe("");
  expect(refusal("/home/../etc")).toContain("..");
});
