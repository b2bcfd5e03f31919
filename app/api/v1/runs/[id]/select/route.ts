import { z } from "zod";
import { runIdSchema, type SelectResponse, selectSchema } from "@/lib/protocol/http";
import { jobName } from "@/lib/run/select";
import { compositionHead } from "@/lib/run/trees";
import { AppError } from "@/server/app-error";
import { route } from "@/server/http/route";

export const POST = route(
  { params: z.object({ id: runIdSchema }), body: selectSchema },
  async ({ services, params, body }): Promise<SelectResponse> => {
    const { winning_variation_id: winner, composition } = body;
    const run = await services.runs.select(params.id, { winner, composition }, body.reason, "you");
    const { selection } = run;
    if (selection === undefined) throw new AppError("internal", "The selection was not recorded.");
    return {
      status: "success",
      job_name: winner === undefined ? compositionHead(composition ?? 0) : jobName(run.runId, winner, run.variations[winner]?.attempt),
      branch: selection.branch,
      commit: selection.commit,
    };
  },
);
