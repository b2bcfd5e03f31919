import { AppError } from "@/server/app-error";
import { route } from "@/server/http/route";

const missing = route({}, async ({ request }) => {
  throw new AppError("not_found", `There is nothing at ${new URL(request.url).pathname}. The API is described at /api/v1/openapi.json.`);
});

export { missing as DELETE, missing as GET, missing as PATCH, missing as POST, missing as PUT };
