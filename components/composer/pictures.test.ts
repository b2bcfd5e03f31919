import { expect, it } from "vitest";
import { pictureNote } from "./picture-note";
import { looksLikePicture, readPicture } from "./pictures";

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3];
const file = (name: string, bytes: number[] | Uint8Array<ArrayBuffer>, type = "image/png"): File =>
  new File([Uint8Array.from(bytes)], name, { type });

it("takes a picture by its first bytes, whatever it is called", async () => {
  expect(await readPicture(file("shot.jpg", png), 0)).toMatchObject({
    type: "image/png",
    bytes: 11,
    data: Buffer.from(png).toString("base64"),
  });
});

it("keeps every byte of a large one", async () => {
  const large = Uint8Array.from({ length: 100_000 }, (_, at) => png[at] ?? at % 251);
  expect(await readPicture(file("large.png", large), 0)).toMatchObject({ data: Buffer.from(large).toString("base64") });
});

it("says why it takes one not", async () => {
  const refusal = async (one: File, taken = 0): Promise<string> => {
    const read = await readPicture(one, taken);
    return "refusal" in read ? read.refusal : "";
  };
  expect(await refusal(file("logo.svg", [60, 115, 118, 103]))).toBe(
    "logo.svg is no PNG, JPEG, GIF or WebP picture: save it as one of these.",
  );
  expect(await refusal(file("a.png", new Uint8Array(5 * 1024 * 1024 + 1)))).toContain("5.0 MB, and a picture may have 5 MB");
  expect(await refusal(file("ninth.png", png), 8)).toContain("8 pictures");
});

it("knows a picture by its name where a browser says no type", () => {
  expect(looksLikePicture({ name: "a.HEIC", type: "" })).toBe(true);
  expect(looksLikePicture({ name: "a.log", type: "" })).toBe(false);
});

it("says whose model takes no pictures", () => {
  const entry = (model: string) => ({ agent: "builtin", model, instructions: "" });
  expect(pictureNote([entry("claude-sonnet-5-5"), entry("demo")])).toBeUndefined();
  expect(pictureNote([entry("demo"), entry("qwen3-coder")])).toBe("B gets none: its model is not known to take pictures.");
});
