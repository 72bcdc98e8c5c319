// An additional container of a pod: what the traits `init` and `sidecar` have in common.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Path } from "../../../model/data/pointer.ts";
import { DNS_LABEL } from "../../../model/kubernetes/name.ts";
import type { Problem } from "../../../model/problems/problem.ts";
import type { Reference, RenderContext } from "../../define.ts";
import { described, mountPath, port } from "../../sharedFields.ts";
import { nonEmpty, onlyGiven } from "../objects/onlyGiven.ts";
import { envField, envReferences, envVariables } from "./env.ts";
import { imageField, programFields } from "./program.ts";
import { checkResources, resourceFields, resourcesField } from "./resources.ts";

const mount = z.strictObject({
  name: described(
    z.string().regex(DNS_LABEL, "a name of the storage trait"),
    "Name of an item of the storage trait",
    "storage 特征中某一项的名称",
  ),
  mountPath: described(mountPath(), "Path at which it is mounted", "挂载路径"),
  subPath: described(z.string().optional(), "A folder or file inside the volume", "卷内的子路径"),
  readOnly: described(z.boolean().optional(), "Mounted read-only", "只读挂载"),
});

const { pullSecrets: _ofThePod, ...program } = programFields;

export const extraContainerFields = {
  name: described(z.string().regex(DNS_LABEL, "lower case letters, digits and '-'"), "Name of the container", "容器名"),
  image: imageField,
  ...program,
  env: envField().optional(),
  mounts: described(z.array(mount).optional(), "Volumes of the storage trait", "挂载 storage 特征中的卷"),
  resources: described(resourcesField().optional(), "Compute resources", "计算资源"),
};

const extraContainer = z.strictObject(extraContainerFields);
type ExtraContainer = z.output<typeof extraContainer>;

export const containerPortField = described(
  z.array(port()).optional(),
  "Ports on which it listens, for information only",
  "监听的端口，仅供说明",
);

export function renderExtra(extra: ExtraContainer, context: RenderContext): JsonObject {
  return onlyGiven({
    name: extra.name,
    image: extra.image,
    command: nonEmpty(extra.command),
    args: nonEmpty(extra.args),
    workingDir: extra.workingDirectory,
    imagePullPolicy: extra.imagePullPolicy,
    env: nonEmpty(envVariables(extra.env ?? {}, context)),
    resources: extra.resources && resourceFields(extra.resources),
    volumeMounts: nonEmpty(
      extra.mounts?.map(({ name, mountPath, subPath, readOnly }) =>
        onlyGiven({ name, mountPath, subPath, readOnly: readOnly === true ? true : undefined }),
      ),
    ),
  });
}

export function extraReferences(extras: readonly ExtraContainer[]): readonly Reference[] {
  return extras.flatMap((extra, index) => envReferences(extra.env, [index, "env"]));
}

export function checkExtras(extras: readonly ExtraContainer[]): readonly Problem[] {
  return extras.flatMap((extra, index) => {
    const path: Path = [index, "resources"];
    return extra.resources === undefined ? [] : checkResources(extra.resources, path);
  });
}
