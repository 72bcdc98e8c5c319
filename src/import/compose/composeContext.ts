// Facts about a whole Compose file that are needed before its services are read: the component of each service, which
// services are tasks, and which service owns which volume.
import { isObject, type Json } from "../../model/data/json.ts";
import { freeName, type ImportDraft, nameOf, newDraft } from "../mapping/importDraft.ts";
import { remark } from "../mapping/ledger.ts";
import { RENAMED } from "../mapping/reportWords.ts";
import { field, fieldsOf, type InputPart, itemsOf, textOf } from "../mapping/rules.ts";
import { mountText } from "./text.ts";

export interface ComposeContext {
  readonly services: ReadonlyMap<string, ImportDraft>;
  /** Services that become tasks: another service waits for their end, or their deploy mode is a job. */
  readonly tasks: ReadonlySet<string>;
  /** Named volume -> the first service that mounts it. */
  readonly volumes: ReadonlyMap<string, string>;
  readonly root: InputPart<unknown>;
  /** Names of components that are already used. */
  readonly taken: Set<string>;
  /** Type and name of a top-level config or secret -> the name of its component. */
  readonly sources: Map<string, string>;
}

export interface ServiceShared {
  readonly context: ComposeContext;
  readonly name: string;
}

export function composeContextOf(root: InputPart<unknown>): ComposeContext {
  const taken = new Set<string>();
  const services = new Map<string, ImportDraft>();
  const all = fieldsOf(field(root, "services") ?? { ...root, value: {} });
  for (const [name, part] of all) {
    const called = freeName(name, taken, "service");
    taken.add(called);
    const draft = newDraft({ name: called, properties: {} });
    services.set(name, draft);
    root.importing.drafts.push(draft);
    if (called !== name) remark(root.importing.ledger, part.at, RENAMED(name, called), { draft, path: ["name"] });
  }
  const tasks = new Set(all.flatMap(([, part]) => awaited(part)));
  for (const [name, part] of all) if (isJob(part.value)) tasks.add(name);
  return { services, tasks, volumes: volumeOwners(all), root, taken, sources: new Map() };
}

function awaited(service: InputPart<unknown>): readonly string[] {
  const depends = field(service, "depends_on");
  const fields = depends === undefined || Array.isArray(depends.value) ? [] : fieldsOf(depends);
  return fields.flatMap(([name, one]) =>
    field(one, "condition")?.value === "service_completed_successfully" ? [name] : [],
  );
}

function isJob(service: Json): boolean {
  const deploy = isObject(service) ? service["deploy"] : undefined;
  const mode = isObject(deploy) ? deploy["mode"] : undefined;
  return mode === "replicated-job" || mode === "global-job";
}

function volumeOwners(all: readonly (readonly [string, InputPart<unknown>])[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const [service, part] of all) {
    for (const volume of namedVolumes(part)) if (!owners.has(volume)) owners.set(volume, service);
  }
  return owners;
}

export function namedVolumes(service: InputPart<unknown>): readonly string[] {
  return itemsOf(field(service, "volumes") ?? { ...service, value: [] }).flatMap((item) => {
    const short = mountText(textOf(item.value) ?? "");
    if (short !== undefined) return short.type === "volume" && short.source !== "" ? [short.source] : [];
    const source = textOf(field(item, "source")?.value);
    return field(item, "type")?.value === "volume" && source !== undefined ? [source] : [];
  });
}

export function calledService(context: ComposeContext, name: string): string | undefined {
  const draft = context.services.get(name);
  return draft && nameOf(draft);
}
