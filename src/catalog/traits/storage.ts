// Storage of a component: persistent -> PersistentVolumeClaim, ephemeral -> emptyDir, config -> ConfigMap, secret ->
// Secret, and nfs -> a folder that a server outside the cluster exports. A cloud disk is a persistent item with a
// storageClass. Configuration without a mountPath becomes environment variables; with a mountPath it is mounted
// read-only. This file only describes claims. The PersistentVolumeClaim, or the claim template of a StatefulSet, is
// made in src/plan/render/renderClaims.ts; a mountPath that is used twice is found in
// src/plan/render/merge/mergeMounts.ts.
import { z } from "zod";
import { isObject, type Json } from "../../model/data/json.ts";
import type { Path } from "../../model/data/pointer.ts";
import type { Contribution } from "../define.ts";
import { defineTrait } from "../define.ts";
import { checkSource, renderSource, sourceItem, sourceReferences } from "../parts/storage/sourceItem.ts";
import {
  ephemeralItem,
  nfsItem,
  persistentItem,
  renderEphemeral,
  renderNfs,
  renderPersistent,
} from "../parts/storage/volumeItem.ts";
import { described } from "../sharedFields.ts";

const config = sourceItem("config");
const secret = sourceItem("secret");
const item = z.discriminatedUnion("type", [persistentItem, ephemeralItem, nfsItem, config, secret]);
const schema = described(z.array(item).min(1).max(100), "Volumes and configuration", "存储卷与配置");

type Item = z.output<typeof item>;

export const storage = defineTrait({
  name: "storage",
  summary: { en: "Volumes, configuration files and secrets", zh: "存储卷、配置文件与密钥" },
  schema,
  examples: [
    {
      title: { en: "A volume, a scratch folder, configuration and a secret", zh: "数据卷、临时目录、配置与密钥" },
      value: [
        { type: "persistent", mountPath: "/data", size: "20" },
        { type: "ephemeral", mountPath: "/cache", sizeLimit: "1Gi" },
        { type: "config", name: "web-settings", data: { LOG_LEVEL: "info" } },
        { type: "secret", name: "web-tls", mountPath: "/etc/tls", data: { "tls.key": "very secret" } },
      ],
    },
    {
      title: { en: "A cloud disk and a NAS", zh: "云盘与 NAS" },
      value: [
        { type: "persistent", mountPath: "/data", size: "20", storageClass: "standard" },
        { type: "nfs", mountPath: "/media", server: "nas.example.com", path: "/exports/media", readOnly: true },
      ],
    },
  ],
  appliesTo: "pods",
  references: (items) =>
    items.flatMap((one, index) => (one.type === "config" || one.type === "secret" ? sourceReferences(one, index) : [])),
  secrets: secretsIn,
  check: (items) =>
    items.flatMap((one, index) => (one.type === "config" || one.type === "secret" ? checkSource(one, index) : [])),
  render: (items) => joined(items.map(render)),
});

/** Data is treated as secret unless the type is exactly `config`, so that a misspelt type cannot leak it. */
function secretsIn(items: Json): readonly Path[] {
  if (!Array.isArray(items)) return [[]];
  return items.flatMap((one: Json, index): Path[] =>
    isObject(one) && one["type"] !== "config" && one["data"] !== undefined ? [[index, "data"]] : [],
  );
}

function render(one: Item, index: number): Contribution {
  if (one.type === "persistent") return renderPersistent(one);
  if (one.type === "ephemeral") return renderEphemeral(one);
  if (one.type === "nfs") return renderNfs(one);
  return renderSource(one, index);
}

/** A volume that several items mount at different paths is written once. */
function joined(parts: readonly Contribution[]): Contribution {
  const volumes = new Map(
    parts.flatMap((part) => part.volumes ?? []).map((volume) => [JSON.stringify(volume), volume] as const),
  );
  const claims = new Map(
    parts.flatMap((part) => part.claims ?? []).map((claim) => [JSON.stringify(claim), claim] as const),
  );
  return {
    volumes: [...volumes.values()],
    claims: [...claims.values()],
    mounts: parts.flatMap((part) => part.mounts ?? []),
    envFrom: parts.flatMap((part) => part.envFrom ?? []),
    objects: parts.flatMap((part) => part.objects ?? []),
    warnings: parts.flatMap((part) => part.warnings ?? []),
  };
}
