// The program of a component: the fields from which its main container is rendered.
import { z } from "zod";
import type { JsonObject } from "../../../model/data/json.ts";
import type { Reference } from "../../define.ts";
import { absolutePath, commandLine, described, image, objectName } from "../../sharedFields.ts";
import { nonEmpty, onlyGiven } from "../objects/onlyGiven.ts";

export const imageField = described(image(), "Container image, e.g. nginx:1.27", "容器镜像，如 nginx:1.27");

export const programFields = {
  command: described(
    commandLine().optional(),
    "Replaces the entrypoint of the image; no shell is involved",
    "替换镜像的入口命令，不经过 shell",
  ),
  args: described(commandLine().optional(), "Arguments of the program", "程序参数"),
  workingDirectory: described(absolutePath().optional(), "Working directory", "工作目录"),
  imagePullPolicy: described(
    z.enum(["Always", "IfNotPresent", "Never"]).optional(),
    "When the image is pulled; default: always for :latest, otherwise only when the node does not have it",
    "镜像拉取策略，默认 :latest 总是拉取，其余不存在时拉取",
  ),
  pullSecrets: described(
    z.array(objectName()).optional(),
    "Secrets of type kubernetes.io/dockerconfigjson for a private registry",
    "私有镜像仓库凭据（kubernetes.io/dockerconfigjson 类型的 Secret）",
  ),
};

interface Program {
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  readonly workingDirectory?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
  readonly pullSecrets?: readonly string[] | undefined;
}

/**
 * The pod's spec with the main container, which is named like the component; `extra` contains further fields of the
 * container.
 */
export function podOf(name: string, program: Program, extra: JsonObject = {}): JsonObject {
  const container = onlyGiven({
    name,
    image: program.image,
    command: nonEmpty(program.command),
    args: nonEmpty(program.args),
    workingDir: program.workingDirectory,
    imagePullPolicy: program.imagePullPolicy,
    ...extra,
  });
  return onlyGiven({
    // Written out because it limits how long a program may take to end; it includes the time of preStop.
    terminationGracePeriodSeconds: 30,
    imagePullSecrets: nonEmpty(program.pullSecrets)?.map((secret) => ({ name: secret })),
    containers: [container],
  });
}

export function programReferences(program: Pick<Program, "pullSecrets">): readonly Reference[] {
  return (program.pullSecrets ?? []).map((name, index) => ({ kind: "Secret", name, path: ["pullSecrets", index] }));
}
