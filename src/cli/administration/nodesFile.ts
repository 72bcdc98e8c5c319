// Reads the nodes that the sandbox is to simulate from a file, such as the output of `kubectl get nodes -o yaml`.
import { resolve } from "node:path";
import { parseAllDocuments } from "yaml";
import { listAt, objectAt, textAt } from "../../model/data/fieldReaders.ts";
import { isObject } from "../../model/data/json.ts";
import type { Manifest } from "../../model/kubernetes/manifest.ts";
import type { CommandContext } from "../grammar/command.ts";
import { usageFailure } from "../grammar/failure.ts";
import { textOf } from "../reach/kubeconfigText.ts";

export async function readNodes(context: CommandContext, file: string): Promise<readonly Manifest[]> {
  const path = resolve(context.terminal.directory, file);
  const found = documentsIn(await textOf(path)).flatMap((one): readonly unknown[] =>
    isObject(one) && one["kind"] === "List" ? listAt(one, "items") : [one],
  );
  if (found.length > 0 && found.every(isNode)) return found;
  throw usageFailure(
    { en: "{path} does not list nodes of Kubernetes", zh: "{path} 不是 Kubernetes 节点列表" },
    {
      en: "write Node objects with a name and status.allocatable, for example with: kubectl get nodes -o yaml",
      zh: "请写带有名称与 status.allocatable 的 Node 对象，例如使用：kubectl get nodes -o yaml",
    },
    { path },
  );
}

/** Empty when a document of the file is not YAML. */
function documentsIn(text: string): readonly unknown[] {
  const documents = parseAllDocuments(text);
  if (!Array.isArray(documents) || documents.some((one) => one.errors.length > 0)) return [];
  return documents.map((one): unknown => one.toJS());
}

function isNode(value: unknown): value is Manifest {
  return (
    textAt(value, "kind") === "Node" &&
    textAt(value, "metadata", "name") !== "" &&
    Object.keys(objectAt(value, "status", "allocatable")).length > 0
  );
}
