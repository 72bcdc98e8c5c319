// The routes about the capacity of clusters and how projects share it, a part of the table in routes.ts.
import { z } from "zod";
import { DNS_LABEL } from "../model/kubernetes/name.ts";
import { FORMS } from "../model/problems/requestProblems.ts";
import { P, project } from "./routeParts.ts";
import * as view from "./views.ts";

const owner = z.string().regex(DNS_LABEL, FORMS.name);
const flavor = z
  .string()
  .min(1)
  .max(300)
  .meta({ description: "a flavor such as `nvidia.com/gpu H100`, or a resource for all of its flavors; default: all" });

const ShareView = z.object({
  project: z.string(),
  flavor: z.string().nullable().meta({ description: "null: all resources" }),
  weight: z.number(),
});

export const CAPACITY_ROUTES = {
  getCapacity: {
    method: "GET",
    path: `${P}/capacity`,
    summary:
      "Get the free resources of a cluster by flavor, the components that use them, and the components that wait",
    access: "read",
    params: project,
    query: z.object({ cluster: z.string().optional() }),
    status: 200,
    response: view.CapacityView,
  },
  listCapacityShares: {
    method: "GET",
    path: "/api/v1/capacity-shares",
    summary: "List the weights of the projects that do not have the weight 1; a token of a project sees its own",
    access: "read",
    status: 200,
    response: view.pageOf(ShareView),
  },
  setCapacityShare: {
    method: "PUT",
    path: "/api/v1/capacity-shares",
    summary: "Set the weight of a project: its part of the resources while several projects wait for them",
    access: "admin",
    body: z.strictObject({
      project: owner,
      flavor: flavor.optional(),
      weight: z.number().min(0.01).max(1_000),
    }),
    status: 200,
    response: ShareView,
  },
  removeCapacityShare: {
    method: "DELETE",
    path: "/api/v1/capacity-shares",
    summary: "Give a project the weight 1 again",
    access: "admin",
    query: z.object({ project: owner, flavor: flavor.optional() }),
    status: 204,
    response: z.null(),
  },
} as const;
