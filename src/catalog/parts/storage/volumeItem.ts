// Items of the storage trait that contain the program's own data: persistent, ephemeral and nfs. A persistent item only
// describes its claim; plan/render/renderClaims.ts renders the PersistentVolumeClaim.
import { z } from "zod";
import { DNS_LABEL, suggestName } from "../../../model/kubernetes/name.ts";
import { storageSize } from "../../../model/kubernetes/quantity.ts";
import type { Contribution } from "../../define.ts";
import { absolutePath, claimSize, described, mountPath, objectName, storageAmount } from "../../sharedFields.ts";
import { onlyGiven } from "../objects/onlyGiven.ts";
import { canonicalQuantity } from "../pod/quantity.ts";
import { accessModesField } from "./accessModes.ts";

const volumeName = described(
  z.string().max(40).regex(DNS_LABEL, "lower case letters, digits and '-'").optional(),
  "Name of the volume; default: derived from the mountPath",
  "卷名，默认由 mountPath 得出",
);
const subPath = described(z.string().optional(), "A folder inside the volume", "卷内的子目录");

export const persistentItem = z.strictObject({
  type: described(z.literal("persistent"), "A volume that outlives its pods", "持久存储，Pod 删除后仍保留"),
  name: volumeName,
  mountPath: described(mountPath(), "Path at which it is mounted", "挂载路径"),
  size: described(claimSize(), "Size, e.g. 20Gi; a bare number means Gi", "大小，如 20Gi；纯数字表示 Gi"),
  storageClass: described(
    objectName().optional(),
    "Storage class; default: the cluster's default class",
    "存储类，默认为集群默认存储类",
  ),
  accessModes: accessModesField,
  subPath,
  readOnly: described(z.boolean().optional(), "Mounted read-only", "只读挂载"),
  retain: described(z.boolean().default(true), "Kept when the application is deleted", "删除应用后保留数据"),
});

export const ephemeralItem = z.strictObject({
  type: described(
    z.literal("ephemeral"),
    "A folder that is empty when a pod starts and is deleted with the pod",
    "临时存储，随 Pod 消失",
  ),
  name: volumeName,
  mountPath: described(mountPath(), "Path at which it is mounted", "挂载路径"),
  sizeLimit: described(
    storageAmount().optional(),
    "Size above which the pod is evicted",
    "大小上限，超过后 Pod 被驱逐",
  ),
  medium: described(z.enum(["Memory"]).optional(), "Memory: kept in RAM and counted as memory", "Memory 表示内存盘"),
  subPath,
});

export const nfsItem = z.strictObject({
  type: described(z.literal("nfs"), "An existing folder of an NFS server (NAS)", "已有 NFS 服务器（NAS）上的目录"),
  name: volumeName,
  mountPath: described(mountPath(), "Path at which it is mounted", "挂载路径"),
  server: described(
    z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, "a host name or an address"),
    "Host name or address at which the nodes reach the server",
    "服务器主机名或地址（从节点可达）",
  ),
  path: described(absolutePath(), "Folder that the server exports", "服务器导出的目录"),
  subPath,
  readOnly: described(z.boolean().optional(), "Mounted read-only", "只读挂载"),
});

/** `/var/lib/data` becomes `var-lib-data`; a path without letters or digits becomes `volume`. */
function nameOf(item: { readonly name?: string | undefined; readonly mountPath: string }): string {
  return item.name ?? suggestName(item.mountPath.replace(/^[^a-zA-Z]+/, "")) ?? "volume";
}

export function renderPersistent(item: z.output<typeof persistentItem>): Contribution {
  const name = nameOf(item);
  return {
    claims: [
      {
        name,
        size: canonicalQuantity(storageSize(item.size)),
        accessModes: item.accessModes ?? ["ReadWriteOnce"],
        ...(item.storageClass === undefined ? {} : { storageClassName: item.storageClass }),
        keep: item.retain,
      },
    ],
    mounts: [
      onlyGiven({
        name,
        mountPath: item.mountPath,
        subPath: item.subPath,
        readOnly: item.readOnly === true ? true : undefined,
      }),
    ],
  };
}

export function renderEphemeral(item: z.output<typeof ephemeralItem>): Contribution {
  const name = nameOf(item);
  const sizeLimit = item.sizeLimit === undefined ? undefined : canonicalQuantity(storageSize(item.sizeLimit));
  return {
    volumes: [{ name, emptyDir: onlyGiven({ medium: item.medium, sizeLimit }) }],
    mounts: [onlyGiven({ name, mountPath: item.mountPath, subPath: item.subPath })],
  };
}

export function renderNfs(item: z.output<typeof nfsItem>): Contribution {
  const name = nameOf(item);
  const readOnly = item.readOnly === true ? true : undefined;
  return {
    volumes: [{ name, nfs: onlyGiven({ server: item.server, path: item.path, readOnly }) }],
    mounts: [onlyGiven({ name, mountPath: item.mountPath, subPath: item.subPath, readOnly })],
  };
}
