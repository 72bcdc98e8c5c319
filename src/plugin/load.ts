// Loads plug-ins at the start of the program: by path (a file, or a folder with package.json) or by the name of an installed package.
// A plug-in is the operator's own, reviewed code: it runs inside this process with all of its rights. Nothing is loaded that was not named.
import { existsSync, readFileSync, statSync } from "node:fs";
import { findPackageJSON, registerHooks } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { builtins } from "../builtins.ts";
import { type Catalog, createCatalog } from "../catalog/catalog.ts";
import { dig, isObject } from "../model/data/json.ts";
import { type Localized, type Params, translate } from "../model/data/text.ts";
import { checkPack } from "./checkPack.ts";
import { type Fault, fault, type Plugin } from "./contract.ts";

interface LoadedPlugin {
  /** As it was named. */
  readonly source: string;
  readonly file: string;
  readonly plugin: Plugin;
}

/** Names the plug-in and everything that is wrong with it. */
export class PluginError extends Error {
  readonly text: Localized;

  constructor(source: string, faults: readonly Fault[]) {
    const words = (language: "en" | "zh"): string =>
      faults.map(({ text, params }) => `\n  ${translate(text, language, params)}`).join("");
    super(`plug-in ${source} is refused:${words("en")}`);
    this.name = "PluginError";
    this.text = { en: this.message, zh: `插件 ${source} 被拒绝：${words("zh")}` };
  }
}

/** `sources` as the user wrote them; relative paths are taken from `directory`. In order; the first that is wrong ends it. */
export async function loadPlugins(sources: readonly string[], directory: string): Promise<readonly LoadedPlugin[]> {
  if (sources.length > 0) provideContract();
  const loaded: LoadedPlugin[] = [];
  for (const source of new Set(sources)) {
    const file = fileOf(source, directory);
    const exported = await importFile(source, file);
    const faults = checkPack(
      exported,
      loaded.map((one) => one.plugin),
    );
    if (faults.length > 0) throw new PluginError(source, faults);
    loaded.push({ source, file, plugin: exported as Plugin }); // checkPack found nothing wrong
  }
  return loaded;
}

export function catalogWith(plugins: readonly LoadedPlugin[]): Catalog {
  return createCatalog(builtins, ...plugins.map((one) => one.plugin));
}

const OURS = /^kubemin\/plugin(\/test-kit)?$/;
let provided = false;

/** `kubemin/plugin` is this very program's, wherever the plug-in lies: a second copy would be another version of the contract. */
function provideContract(): void {
  if (provided) return;
  provided = true;
  const suffix = extname(import.meta.url);
  registerHooks({
    resolve(specifier, context, next) {
      const match = OURS.exec(specifier);
      if (match === null) return next(specifier, context);
      const name = match[1] === undefined ? "plugin" : "testKit";
      return { url: new URL(`./${name}${suffix}`, import.meta.url).href, shortCircuit: true };
    },
  });
}

const isPath = (source: string): boolean => /^(\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:[/\\])/.test(source);

function fileOf(source: string, directory: string): string {
  if (!isPath(source)) {
    const found = packageFolder(source, directory);
    if (found === undefined)
      throw new PluginError(source, [
        fault(
          "there is no such package; install it, or name a path that starts with ./",
          "没有这个包；请先安装，或使用以 ./ 开头的路径",
        ),
      ]);
    return entryOf(source, found);
  }
  const path = resolve(directory, source);
  if (!existsSync(path)) throw new PluginError(source, [fault("there is no {path}", "不存在 {path}", { path })]);
  return statSync(path).isDirectory() ? entryOf(source, path) : path;
}

/** Beside the user's files first, then beside this program: where `npm install` puts it, with and without --global. */
function packageFolder(name: string, directory: string): string | undefined {
  for (const base of [pathToFileURL(join(directory, "from.js")).href, import.meta.url]) {
    try {
      const found = findPackageJSON(name, base);
      if (found !== undefined) return dirname(found);
    } catch {
      // not from here
    }
  }
  return undefined;
}

function entryOf(source: string, folder: string): string {
  const about = packageJson(folder);
  const exported = isObject(about["exports"]) ? (about["exports"]["."] ?? about["exports"]) : about["exports"];
  const wanted = [exported, dig(exported, "import"), dig(exported, "default"), about["main"], "index.js", "index.ts"];
  const found = wanted.find((one) => typeof one === "string" && existsSync(join(folder, one)));
  if (typeof found === "string") return join(folder, found);
  const params: Params = { folder };
  throw new PluginError(source, [
    fault(
      "{folder} has no entry: give package.json an `exports`",
      "{folder} 没有入口：请在 package.json 中写明 exports",
      params,
    ),
  ]);
}

function packageJson(folder: string): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

async function importFile(source: string, file: string): Promise<unknown> {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href);
    return dig(loaded, "default");
  } catch (error) {
    throw new PluginError(source, [importFault(error, file)]);
  }
}

/** Node strips types of a file of one's own, never of an installed package. */
function importFault(error: unknown, file: string): Fault {
  if (dig(error, "code") === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING")
    return fault(
      "{file} is TypeScript: an installed package has to bring JavaScript",
      "{file} 是 TypeScript：已安装的包必须提供 JavaScript",
      { file },
    );
  const detail = error instanceof Error ? error.message : String(error);
  return fault("{file} cannot be loaded: {detail}", "无法加载 {file}：{detail}", { file, detail });
}
