import { it } from "vitest";
import { expectRefusal } from "./container-harness";

it("names the socket behind which nothing answers", async () => {
  await expectRefusal({ sockets: ["/nonexistent/docker.sock"], image: "any" }, /\/nonexistent\/docker\.sock.*AIDEATOR_CONTAINER_SOCKET/s);
});
