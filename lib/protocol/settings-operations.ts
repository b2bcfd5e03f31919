import type { Operation } from "./openapi";
import { providerSettingsSchema, providerTestSchema, serverSettingsSchema, setProviderKeySchema } from "./settings";

/** The part of the API that is about the server's settings; prices are with what is spent. */
export const settingsOperations: Operation[] = [
  {
    method: "get",
    path: "/settings",
    id: "getSettings",
    summary: "Agents, models, limits and retention, with the variables that set them",
    response: serverSettingsSchema,
  },
  {
    method: "get",
    path: "/settings/provider",
    id: "getProvider",
    summary: "Which provider answers, and whether it has a key; never the key",
    response: providerSettingsSchema,
  },
  {
    method: "put",
    path: "/settings/provider/key",
    id: "setProviderKey",
    summary: "Set the provider's key, for every call from now on; it is kept encrypted and never sent back",
    body: setProviderKeySchema,
    response: providerSettingsSchema,
  },
  {
    method: "delete",
    path: "/settings/provider/key",
    id: "removeProviderKey",
    summary: "Remove the key that was set; the environment's counts again",
    response: providerSettingsSchema,
  },
  {
    method: "post",
    path: "/settings/provider/test",
    id: "testProvider",
    summary: "Ask the provider for its list of models, which costs nothing, and tell what it answered",
    response: providerTestSchema,
  },
];
