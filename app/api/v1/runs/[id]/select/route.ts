import { z } from "zod";
import { runIdSchema, type SelectResponse, selectSchema } from "@/lib/protocol/http";
import { jobName } from "@/lib/run/select";
import { AppError } from "@/server/app-error";
import { route } from "@/server/http/route";

export const POST = route(
  { params: z.object({ id: runIdSchema }), body: selectSchema },
  async ({ services, params, body }): Promise<SelectResponse> => {
    const winner = body.winning_variation_id;
    const run = await services.runs.select(params.id, winner, body.reason, "you");
    const { selection } = run;
    if (selection === undefined) throw new AppError("internal", "The selection was not recorded.");
    return {
      status: "success",
      job_name: jobName(run.runId, winner, run.variations[winner]?.attempt),
      branch: selection.branch,
      commit: selection.commit,
    };
  },
);
