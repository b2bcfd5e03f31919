import { expect, test } from "vitest";
import { createRunSchema } from "@/lib/protocol/http";
import type { RunEventBody } from "@/lib/run/events";
import type { RunContext } from "./run-context";
import { createRunService } from "./run-service";

/** What a request becomes; everything behind the writer is left out. */
async function created(request: object): Promise<Extract<RunEventBody, { type: "run.created" }>> {
  let event: RunEventBody | undefined;
  const context = {
    now: () => 1,
    images: { save: () => Promise.resolve(), remove: () => Promise.resolve() },
    freeBytes: () => Promise.resolve(1e12),
    index: { getProject: () => Promise.resolve({ id: "p", url: "u", name: "n" }) },
    writer: {
      create: async ({ events }: { events: { event: RunEventBody }[] }) => {
        event = events[0]?.event;
        return {};
      },
    },
  } as unknown as RunContext;
  const conductor = { conduct: () => undefined, stop: () => Promise.resolve(), settled: () => Promise.resolve() };
  const rules = {
    defaultModel: () => "claude-sonnet-5-5",
    fallbackModels: ["claude-haiku-5-5", "claude-sonnet-5-5"],
    refuseModel: (model: string) => (model === "unheard-of" ? "No." : undefined),
  };
  await createRunService(context, conductor, rules).create(createRunSchema.parse({ project_id: "p", prompt: "p", ...request }));
  if (event?.type !== "run.created") throw new Error("nothing was created");
  return event;
}

test("a run's cap is one of its facts", async () => {
  expect((await created({ max_dollars: 2 })).maxDollars).toBe(2);
  expect((await created({})).maxDollars).toBeUndefined();
  expect(() => createRunSchema.parse({ project_id: "p", prompt: "p", max_dollars: 0 })).toThrow("above 0");
});

test("fallback models are the server's, or those that the request names; the model itself and free ones have none", async () => {
  const line_up = [{}, { fallback_models: ["claude-opus-5-5"] }, { fallback_models: [] }, { model: "demo" }];
  const { variations } = await created({ line_up });
  expect(variations.map(({ fallbackModels }) => fallbackModels)).toEqual([["claude-haiku-5-5"], ["claude-opus-5-5"], undefined, undefined]);
});

test("a fallback that cannot be used is refused with its field", async () => {
  for (const fallback of ["demo", "script:edits", "unheard-of"]) {
    const refused = created({ line_up: [{}, { fallback_models: [fallback] }] });
    await expect(refused).rejects.toMatchObject({ code: "bad_request", fields: [{ field: "line_up.1.fallback_models" }] });
  }
});
