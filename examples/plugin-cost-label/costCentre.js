// A record of who pays for a component. A trait adds objects and fields of the pod; it cannot change the labels of what others make, because
// kubemin selects pods by labels. So the cost centre stands in a ConfigMap of its own, labelled for the billing system, and in the
// environment of the program.
import { defineTrait, described, z } from "kubemin/plugin";

const LABEL = "billing.example.com/cost-centre";

export const costCentre = defineTrait({
  name: "cost-centre",
  summary: { en: "Who pays for the component", zh: "组件的成本归属" },
  schema: z.strictObject({
    code: described(
      z.string().regex(/^[A-Z]{2}-\d{4}$/, "a cost centre such as IT-0042"),
      "Cost centre, e.g. IT-0042",
      "成本中心，如 IT-0042",
    ),
    owner: described(z.string().min(1).max(63).optional(), "Who to ask about the costs", "费用联系人"),
  }),
  examples: [{ title: { en: "Paid by IT", zh: "由 IT 承担" }, value: { code: "IT-0042", owner: "Ada" } }],
  appliesTo: "pods",
  render: ({ code, owner }, _target, { component }) => ({
    env: [{ name: "COST_CENTRE", value: code }],
    objects: [
      {
        manifest: {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: `${component}-cost-centre`, labels: { [LABEL]: code } },
          data: owner === undefined ? { code } : { code, owner },
        },
      },
    ],
  }),
});
