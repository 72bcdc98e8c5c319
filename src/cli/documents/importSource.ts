// What `kubemin import` reads in addition to the document: its file name, the values of variables, and the files that
// it names.
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import { LIMITS } from "../../model/document/document.ts";
import { suggestName } from "../../model/kubernetes/name.ts";
import { usageFailure } from "../grammar/failure.ts";

/** File names that do not name an application. The application then gets the name of the folder, as Compose does. */
const GENERIC = /^(docker-)?compose([.-].*)?$|^(app|application|manifests?|all|deploy(ment)?|k8s|-|<stdin>)$/;

export function nameFrom(file: string, directory: string): string {
  const path = resolve(directory, file);
  const stem = basename(path).replace(/\.(ya?ml|json)$/i, "");
  const folder = suggestName(basename(dirname(path)));
  return (GENERIC.test(stem) ? folder : suggestName(stem)) ?? "app";
}

export function variablesFrom(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw usageFailure(
          { en: "--set {pair}: expected NAME=VALUE", zh: "--set {pair}：应为 名称=值" },
          { en: "write it like --set TAG=1.2", zh: "写法如 --set TAG=1.2" },
          { pair },
        );
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
}

/** Reads files in the folder of the document or below it. A document cannot include any other file of this machine. */
export function fileBeside(file: string, directory: string): (path: string) => string | undefined {
  if (file === "<stdin>") return () => undefined;
  const folder = dirname(resolve(directory, file));
  return (path) => {
    try {
      const real = realpathSync(resolve(folder, path));
      const inside = real.startsWith(realpathSync(folder) + sep);
      if (!inside || statSync(real).size > LIMITS.configBytes) return undefined;
      return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(real));
    } catch {
      return undefined;
    }
  };
}
