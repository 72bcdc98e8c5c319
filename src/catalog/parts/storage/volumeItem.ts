// Items of the storage trait that hold the program's own data: persistent and ephemeral.
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
  "Name of the volume; made from the mountPath by default",
  "卷名，默认取自 mountPath",
);
const subPath = described(z.string().optional(), "A folder inside of the volume", "卷内的子目录");

export const persistentItem = z.strictObject({
  type: described(z.literal("persistent"), "Survives its pods", "持久存储"),
  name: volumeName,
  mountPath: described(mountPath(), "Where it appears", "挂载路径"),
  size: described(claimSize(), "Size, e.g. 20Gi; a bare number means Gi", "大小，如 20Gi；纯数字表示 Gi"),
  storageClass: described(objectName().optional(), "Storage class; the cluster's default by default", "存储类"),
  accessModes: accessModesField,
  subPath,
  readOnly: described(z.boolean().optional(), "Mounted only for reading", "只读挂载"),
  retain: described(z.boolean().default(true), "Kept when the application is deleted", "删除应用后保留数据"),
});

export const ephemeralItem = z.strictObject({
  type: described(z.literal("ephemeral"), "Empty at the start of each pod, gone at its end", "临时存储，随 Pod 消失"),
  name: volumeName,
  mountPath: described(mountPath(), "Where it appears", "挂载路径"),
  sizeLimit: described(storageAmount().optional(), "The pod is evicted when it holds more", "超过后 Pod 被驱逐"),
  medium: described(z.enum(["Memory"]).optional(), "Memory: in RAM, counted as memory", "Memory 表示内存盘"),
  subPath,
});

export const nfsItem = z.strictObject({
  type: described(z.literal("nfs"), "A folder of an NFS server (NAS) that exists", "已有 NFS 服务器（NAS）上的目录"),
  name: volumeName,
  mountPath: described(mountPath(), "Where it appears", "挂载路径"),
  server: described(
    z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, "a host name or an address"),
    "Host name or address of the server, as the nodes see it",
    "服务器主机名或地址（从节点可达）",
  ),
  path: described(absolutePath(), "Folder that the server exports", "服务器导出的目录"),
  subPath,
  readOnly: described(z.boolean().optional(), "Mounted only for reading", "只读挂载"),
});

/** `/var/lib/data` -> `var-lib-data`; a path without letters or digits is called `volume`. */
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
