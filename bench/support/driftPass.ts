// A whole drift pass: checks every application with the requests of `kubemin status` or `kubemin diff --live`.
import type { Client } from "../../src/api/client.ts";
import { type Application, inLanes } from "./fleet.ts";

/** Application -> its drifted objects, like `Deployment/app-0001-web`, each with its state. */
export type Drifted = ReadonlyMap<string, string>;
export type Pass = (client: Client, fleet: readonly Application[]) => Promise<Drifted>;

export const watched: Pass = async (client, fleet) => {
  const found = new Map<string, string>();
  await inLanes(fleet, async ({ name }) => {
    const status = await client.call("getStatus", { params: { project: "default", application: name } });
    const drift = status.components.flatMap((component) => component.drift ?? []);
    const told = drift.map((one) => `${one.object.kind}/${one.object.name} ${one.gone ? "missing" : "different"}`);
    if (told.length > 0) found.set(name, told.join(", "));
  });
  return found;
};

export const compared: Pass = async (client, fleet) => {
  const found = new Map<string, string>();
  await inLanes(fleet, async ({ name }) => {
    const { objects } = await client.call("getDrift", { params: { project: "default", application: name } });
    const told = objects
      .filter((one) => one.state !== "same")
      .map((one) => `${one.object.kind}/${one.object.name} ${one.state}`);
    if (told.length > 0) found.set(name, told.join(", "));
  });
  return found;
};
