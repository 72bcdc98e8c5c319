// Configures the API server's audit log, by which tests prove that a command wrote nothing. It records every request of
// users, and every write of the cluster's own components except lease renewals.
import { join } from "node:path";
import { parties } from "./certificates.ts";
import { folderOf } from "./layout.ts";
import { writeIfChanged } from "./writeIfChanged.ts";

export const auditLog = (name: string): string => join(folderOf(name), "audit.log");

const machinery = ["system:apiserver", ...Object.values(parties).map((party) => party.user)].filter((user) =>
  user.startsWith("system:"),
);
const reads = ["get", "list", "watch"];

const policy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", users: machinery, verbs: reads },
    { level: "None", userGroups: ["system:nodes", "system:serviceaccounts:kube-system"], verbs: reads },
    { level: "None", users: machinery, resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
    {
      level: "None",
      userGroups: ["system:nodes"],
      resources: [{ group: "coordination.k8s.io", resources: ["leases"] }],
    },
    { level: "Metadata" },
  ],
};

export const auditPolicy = JSON.stringify(policy, null, 2);

export function auditWords(name: string): string[] {
  const file = join(folderOf(name), "audit-policy.json");
  writeIfChanged(file, auditPolicy);
  // The size is in megabytes, far more than a test run needs, so that no line is rotated away while a test counts.
  return [`--audit-policy-file=${file}`, `--audit-log-path=${auditLog(name)}`, "--audit-log-maxsize=4096"];
}
