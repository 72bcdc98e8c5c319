// The component type `store`: a program that keeps data. It renders a StatefulSet whose replicas have a volume each, a
// Service of the component's name, and a headless Service that gives every pod its DNS name. A preset (catalog/presets)
// fills in what a well-known store needs. Replication between the replicas is not done here: the program has to do it.
import { z } from "zod";
import type { JsonObject } from "../../model/data/json.ts";
import { fill, type Params } from "../../model/data/text.ts";
import { mapStrings } from "../../model/document/sealed.ts";
import { literalText } from "../../model/kubernetes/kubeletExpansion.ts";
import { storageSize } from "../../model/kubernetes/quantity.ts";
import { problem } from "../../model/problems/problem.ts";
import { defineComponent, type RenderContext, type VolumeClaim, type Workload } from "../define.ts";
import { nonEmpty, onlyGiven } from "../parts/objects/onlyGiven.ts";
import { minReadySeconds } from "../parts/pod/minReady.ts";
import { podOf, programFields, programReferences } from "../parts/pod/program.ts";
import { canonicalQuantity } from "../parts/pod/quantity.ts";
import { tcpProbe } from "../parts/pod/tcpProbe.ts";
import {
  type AccountNames,
  accountEnv,
  accountFields,
  accountNames,
  accountReferences,
  checkAccount,
} from "../parts/service/databaseAccount.ts";
import { outputsOf } from "../parts/service/outputs.ts";
import {
  checkPorts,
  containerPorts,
  portFields,
  type ServedPort,
  servedPorts,
  serviceFor,
} from "../parts/service/ports.ts";
import { accessModesField } from "../parts/storage/accessModes.ts";
import type { Preset } from "../presets/preset.ts";
import { PRESET_NAMES, PRESETS } from "../presets/presets.ts";
import { absolutePath, described, image, objectName, replicas, storageAmount } from "../sharedFields.ts";

const VOLUME = "data";

const schema = z.strictObject({
  preset: described(
    z.enum(PRESET_NAMES).optional(),
    "Defaults for a well-known store; the other fields override them",
    "常见存储的预设，可由其他字段覆盖",
  ),
  image: described(image().optional(), "Container image; not needed with a preset", "容器镜像，使用预设时可省略"),
  ...portFields,
  ...programFields,
  ...accountFields,
  replicas: described(replicas().default(1), "How many pods, each with its own volume", "副本数，每个副本各有一个卷"),
  volume: described(
    z
      .union([
        z.literal(false),
        z.strictObject({
          mountPath: described(absolutePath().optional(), "Directory of the data", "数据目录"),
          size: described(storageAmount().optional(), "Size; a bare number means Gi", "大小，纯数字表示 Gi"),
          storageClass: described(
            objectName().optional(),
            "Storage class; default: the cluster's default class",
            "存储类，默认为集群默认存储类",
          ),
          accessModes: accessModesField,
        }),
      ])
      .optional(),
    "The volume of each replica, kept when the store is deleted; false: no volume",
    "每个副本的数据卷，删除后保留；false 表示不需要",
  ),
});
type Properties = z.output<typeof schema>;

interface Settled {
  readonly preset: Preset | undefined;
  readonly ports: readonly ServedPort[];
  readonly mountPath: string | undefined;
  readonly account: AccountNames | undefined;
  readonly claim: VolumeClaim | undefined;
}

/** The user's fields, merged over those of the preset. */
function settle(properties: Properties): Settled {
  const preset = properties.preset === undefined ? undefined : PRESETS[properties.preset];
  const given = properties.volume === false ? undefined : properties.volume;
  const mountPath = given?.mountPath ?? preset?.volume.mountPath;
  const size = given?.size ?? preset?.volume.size ?? "1Gi";
  const claim = {
    name: VOLUME,
    size: canonicalQuantity(storageSize(size)),
    accessModes: given?.accessModes ?? ["ReadWriteOnce"],
    ...(given?.storageClass === undefined ? {} : { storageClassName: given.storageClass }),
    keep: true,
  };
  const wanted = properties.volume !== false && mountPath !== undefined;
  const port = properties.port ?? (properties.ports === undefined ? preset?.port : undefined);
  return {
    preset,
    ports: servedPorts({ port, ports: properties.ports }, preset?.portName ?? "main"),
    mountPath,
    account: accountNames(properties, preset),
    claim: wanted ? claim : undefined,
  };
}

export const store = defineComponent({
  name: "store",
  summary: { en: "A program that keeps data", zh: "有状态存储" },
  schema,
  examples: [
    { title: { en: "Redis with its defaults", zh: "默认配置的 Redis" }, value: { preset: "redis" } },
    {
      title: { en: "PostgreSQL with a database for the shop", zh: "PostgreSQL，带业务数据库" },
      value: { preset: "postgresql", user: "shop", database: "shop", password: { secret: "database" } },
    },
    {
      title: { en: "Another database", zh: "其他数据库" },
      value: { image: "mongo:8", port: 27017, volume: { mountPath: "/data/db", size: "20" } },
    },
  ],
  job: "deploy",
  outputs: (name, properties) => {
    const { preset, ports, account } = settle(properties);
    const outputs = outputsOf(name, ports, preset?.scheme ?? "tcp");
    if (account === undefined) return outputs;
    // The password is not an output, because outputs are written into documents and plans.
    return {
      ...outputs,
      ...account,
      url: `${preset?.scheme}://${account.user}@${outputs["address"]}/${account.database}`,
    };
  },
  references: (properties) => [...programReferences(properties), ...accountReferences(properties)],
  check(properties) {
    const image =
      properties.preset === undefined && properties.image === undefined
        ? [problem("Required", [], { field: "image" })]
        : [];
    const volume = properties.volume;
    const path =
      volume !== undefined && volume !== false && settle(properties).mountPath === undefined
        ? [problem("Required", ["volume"], { field: "mountPath" })]
        : [];
    return [...image, ...path, ...checkPorts(properties), ...checkAccount(properties, settle(properties).preset)];
  },
  render(properties, context): Workload {
    const settled = settle(properties);
    const headless = settled.ports.length === 0 ? undefined : `${context.component}-pods`;
    return {
      pod: podOf(context.component, programOf(properties, settled), containerOf(properties, settled)),
      claims: settled.claim === undefined ? [] : [settled.claim],
      claimTemplates: true,
      controller: statefulSet(properties.replicas, headless, context),
      objects:
        headless === undefined
          ? []
          : [
              { manifest: serviceFor(settled.ports, context, { name: headless }) },
              { manifest: serviceFor(settled.ports, context) },
            ],
    };
  },
});

function programOf(properties: Properties, settled: Settled) {
  const { preset } = settled;
  const own = properties.command !== undefined || properties.args !== undefined;
  const args = own ? properties.args : preset?.args.map((text) => fill(text, valuesOf(settled)));
  // check() refuses a store that has neither an image nor a preset.
  return { ...properties, image: properties.image ?? preset?.image ?? "", args };
}

/** The values of the placeholders in a preset's texts. */
function valuesOf({ ports, mountPath, account }: Settled): Params {
  return { port: ports[0]?.containerPort ?? 0, mountPath: literalText(mountPath ?? "/"), ...account };
}

function containerOf(properties: Properties, settled: Settled): JsonObject {
  const { preset, ports, mountPath, claim } = settled;
  const values = valuesOf(settled);
  const probe = preset && mapStrings(preset.readiness, (text) => fill(text, values));
  const subPath = preset?.volume.subPath;
  const mount =
    claim && mountPath ? { name: claim.name, mountPath, ...(subPath === undefined ? {} : { subPath }) } : undefined;
  return onlyGiven({
    env: nonEmpty(accountEnv(properties, preset, values)),
    ports: nonEmpty(containerPorts(ports)),
    readinessProbe: probe ?? tcpProbe(ports),
    volumeMounts: mount && [mount],
  });
}

/** Volumes outlive their pods. They are deleted with the StatefulSet only when none of them is marked `keep`. */
function statefulSet(
  replicas: number,
  serviceName: string | undefined,
  context: RenderContext,
): NonNullable<Workload["controller"]> {
  return ({ template, labels, claims }) => ({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: context.component },
    spec: onlyGiven({
      replicas,
      minReadySeconds: minReadySeconds(template),
      serviceName,
      selector: { matchLabels: labels },
      persistentVolumeClaimRetentionPolicy:
        claims.length > 0 && claims.every((claim) => !claim.keep)
          ? { whenDeleted: "Delete", whenScaled: "Retain" }
          : undefined,
      template,
    }),
  });
}
