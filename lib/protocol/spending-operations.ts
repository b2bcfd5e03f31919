import { priceTableSchema } from "../pricing/price-table";
import type { Operation } from "./openapi";
import {
  callsQuerySchema,
  callsResponseSchema,
  listProjectsQuerySchema,
  listProjectsResponseSchema,
  pricesResponseSchema,
  projectSchema,
  updateProjectSchema,
} from "./spending";

/** The part of the API that is about money. */
export const spendingOperations: Operation[] = [
  {
    method: "get",
    path: "/runs/{id}/calls",
    id: "listCalls",
    summary: "Every call to a model, oldest first: tokens by tier, dollars, latency",
    query: callsQuerySchema,
    response: callsResponseSchema,
  },
  {
    method: "get",
    path: "/projects",
    id: "listProjects",
    summary: "Projects, with what they spent this month",
    query: listProjectsQuerySchema,
    response: listProjectsResponseSchema,
  },
  {
    method: "patch",
    path: "/projects/{project_id}",
    id: "updateProject",
    summary: "Set a project's monthly budget",
    body: updateProjectSchema,
    response: projectSchema,
  },
  { method: "get", path: "/settings/prices", id: "getPrices", summary: "The price list in force", response: pricesResponseSchema },
  {
    method: "put",
    path: "/settings/prices",
    id: "replacePrices",
    summary: "Replace the price list, for every call from now on",
    body: priceTableSchema,
    response: pricesResponseSchema,
  },
  {
    method: "delete",
    path: "/settings/prices",
    id: "resetPrices",
    summary: "Back to the price list that this version came with",
    response: pricesResponseSchema,
  },
];
