import { describe, expect, it } from "vitest";
import { createRunSchema, selectSchema } from "./http";
import { openApiDocument } from "./openapi";

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]).toString("base64");
const good = { github_url: "https://github.com/acme/shop", prompt: "Do it" };

describe("what a new run may ask for", () => {
  it.each([
    [{}],
    [{ variations: 1 }],
    [{ variations: 5 }],
    [{ line_up: [{ model: "demo" }, {}] }],
    [{ base: "main" }],
    [{ images: [{ data: png }] }],
  ])("takes %j", (more) => {
    expect(createRunSchema.safeParse({ ...good, ...more }).success).toBe(true);
  });

  it.each<[object, string]>([
    [{ variations: 0 }, "variations"],
    [{ variations: 6 }, "variations"],
    [{ variations: -1 }, "variations"],
    [{ variations: 1e9 }, "variations"],
    [{ variations: 2.5 }, "variations"],
    [{ variations: "5" }, "variations"],
    [{ variations: null }, "variations"],
    [{ prompt: "" }, "prompt"],
    [{ prompt: " \n " }, "prompt"],
    [{ prompt: "x".repeat(32_001) }, "prompt"],
    [{ prompt: 7 }, "prompt"],
    [{ github_url: "" }, "github_url"],
    [{ github_url: undefined }, "github_url"],
    [{ project_id: "p" }, "github_url"],
    [{ variations: 3, line_up: [{}] }, "line_up"],
    [{ line_up: [{ temperature: 9 }] }, "line_up.0.temperature"],
    [{ line_up: [{ limits: { turns: 0 } }] }, "line_up.0.limits.turns"],
    [{ images: "x" }, "images"],
    [{ images: Array.from({ length: 9 }, () => ({ data: png })) }, "images"],
    [{ images: [{ data: png }, { data: "" }] }, "images.1.data"],
    [{ images: [{ data: Buffer.from("<svg onload=alert(1)>").toString("base64") }] }, "images.0.data"],
    [{ images: [{ data: `data:image/png;base64,${png}` }] }, "images.0.data"],
    [{ images: [{ data: png.slice(0, -1) }] }, "images.0.data"],
    [{ images: [{ data: png.padEnd(6_990_512, "A") }] }, "images.0.data"],
  ])("refuses %j and names %s", (more, field) => {
    const { error } = createRunSchema.safeParse({ ...good, ...more });
    expect(error?.issues.map(({ path }) => path.join("."))).toContain(field);
  });

  it("names every field it does not know", () => {
    const { error } = createRunSchema.safeParse({ ...good, nonsense: 1, other: 2 });
    expect(error?.issues[0]).toMatchObject({ code: "unrecognized_keys", keys: ["nonsense", "other"] });
  });

  it("takes 0 for a winner", () => {
    expect(selectSchema.parse({ winning_variation_id: 0 })).toEqual({ winning_variation_id: 0 });
  });
});

it("describes every path that it serves, from the same schemas", () => {
  const document = openApiDocument("1") as {
    openapi: string;
    paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: object }> } }>>;
  };
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths)).toContain("/runs/{id}/select");
  expect(document.paths["/runs"]?.post?.requestBody?.content["application/json"]?.schema).toMatchObject({
    type: "object",
    properties: { variations: { type: "integer", minimum: 1, maximum: 5 } },
    required: ["prompt"],
    additionalProperties: false,
  });
});
