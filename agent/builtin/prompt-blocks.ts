import { readFile } from "node:fs/promises";
import type Anthropic from "@anthropic-ai/sdk";
import type { AgentTask } from "@/lib/protocol/agent-task";

/** The task as the first message: pictures first, as models read them best. */
export async function promptBlocks({ prompt, images = [] }: AgentTask, takesImages: boolean): Promise<Anthropic.ContentBlockParam[]> {
  const pictures = takesImages
    ? await Promise.all(
        images.map(async ({ path, mediaType }): Promise<Anthropic.ImageBlockParam> => {
          const data = (await readFile(path)).toString("base64");
          return { type: "image", source: { type: "base64", media_type: mediaType, data } };
        }),
      )
    : [];
  return [...pictures, { type: "text", text: prompt }];
}
