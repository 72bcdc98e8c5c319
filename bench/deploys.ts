// Deploys thousands of applications: each has a configuration, and a web service that reads it and becomes ready
// immediately. KUBEMIN_BENCH_APPLICATIONS is their number (default: 3000).
import { benchReach } from "./support/reach.ts";
import { SIMULATED } from "./support/simulated.ts";

const COUNT = Number(process.env["KUBEMIN_BENCH_APPLICATIONS"] ?? 3_000);

function documentOf(name: string, namespace: string): object {
  const settings = { name: `${name}-settings`, type: "config", properties: { data: { level: "info" } } };
  const web = {
    name: `${name}-web`,
    type: "webservice",
    properties: { image: "busybox:1.36", command: ["sleep", "infinity"], port: 8080 },
    traits: { placement: SIMULATED, env: { LEVEL: { config: settings.name, key: "level" } } },
  };
  return { name, namespace, components: [settings, web] };
}

if (import.meta.main)
  await benchReach({ title: "applications deployed", count: COUNT, limit: 480, document: documentOf });
