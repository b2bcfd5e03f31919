import { z } from "zod";
import { runIdSchema } from "@/lib/protocol/http";
import { imageIndexSchema } from "@/lib/protocol/prompt-images";
import { route } from "@/server/http/route";

export const GET = route({ params: z.object({ id: runIdSchema, index: imageIndexSchema }) }, async ({ services, params }) => {
  const { mediaType, bytes } = await services.runs.image(params.id, params.index);
  return new Response(new Uint8Array(bytes), {
    headers: {
      "content-type": mediaType,
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=31536000, immutable",
    },
  });
});
