import type { IncomingMessage } from "node:http";
import type { Access } from "../access/access";
import type { Session } from "../access/sessions";
import type { OriginCheck } from "../http/origin-check";
import type { SocketCheck } from "./socket-server";

const NEVER = (): void => undefined;

/** The same check for sockets as for requests; one that was let in by a session is closed with it. */
export function createSocketCheck(origin: OriginCheck, access?: Access): SocketCheck {
  const sessions = new WeakMap<IncomingMessage, Session>();
  return {
    async admits(request) {
      const admission = await access?.admit(request);
      if (origin.refuse(request, { anyHost: admission?.admitted === true && admission.by === "bearer" }) !== undefined) return false;
      if (admission === undefined) return true;
      if (admission.admitted && admission.by === "session") sessions.set(request, admission.session);
      return admission.admitted && admission.by !== "open";
    },
    whenEnded(request, close) {
      const session = sessions.get(request);
      return session === undefined || access === undefined ? NEVER : access.sessions.whenEnded(session, close);
    },
  };
}
