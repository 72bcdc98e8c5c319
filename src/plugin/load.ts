// Loads plug-ins when the program starts: by path (a file, or a folder with package.json) or by the name of an
// installed package. The operator must trust a plug-in: it runs inside this process with all of its rights. Only
// plug-ins that the operator named are loaded.
import { existsSync, readFileSync, statSync } from "node:fs";
import { findPackageJSON, registerHooks } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { builtins } from "../builtins.ts";
import { type Catalog, createCatalog } from "../catalog/catalog.ts";
import { dig, isObject } from "../model/data/json.ts";
import { type Localized, type Params, translate } from "../model/data/text.ts";
import { checkPack } from "./checkPack.ts";
import { fault, type Plugin, type PluginFault } from "./contract.ts";

interface LoadedPlugin {
  /** The path or package name as the operator wrote it. */
  readonly source: string;
  readonly file: string;
  readonly plugin: Plugin;
}

/** Names the plug-in and all of its faults, in both languages. */
export class PluginError extends Error {
  readonly text: Localized;

  constructor(source: string, faults: readonly PluginFault[]) {
    const words = (language: "en" | "zh"): string =>
      faults.map(({ text, params }) => `\n  ${translate(text, language, params)}`).join("");
    super(`plug-in ${source} is refused:${words("en")}`);
    this.name = "PluginError";
    this.text = { en: this.message, zh: `插件 ${source} 被拒绝：${words("zh")}` };
  }
}

/**
 * Loads the plug-ins in the given order. `sources` are paths or package names; relative paths are relative to
 * `directory`. Throws PluginError at the first plug-in with a fault.
 */
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
    loaded.push({ source, file, plugin: exported as Plugin }); // checkPack found no fault.
  }
  return loaded;
}

export function catalogWith(plugins: readonly LoadedPlugin[]): Catalog {
  return createCatalog(builtins, ...plugins.map((one) => one.plugin));
}

const OURS = /^kubemin\/plugin(\/test-kit)?$/;
let provided = false;

/**
 * Resolves `kubemin/plugin` to this program's own file for every plug-in: an installed second copy could have another
 * contract.
 */
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

/**
 * Looks next to the user's files, then next to this program: `npm install` puts packages there without and with
 * --global.
 */
function packageFolder(name: string, directory: string): string | undefined {
  for (const base of [pathToFileURL(join(directory, "from.js")).href, import.meta.url]) {
    try {
      const found = findPackageJSON(name, base);
      if (found !== undefined) return dirname(found);
    } catch {
      // The package is not installed here; the next folder is tried.
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

/** The usual reason: Node runs TypeScript files, but not those of an installed package (below node_modules). */
function importFault(error: unknown, file: string): PluginFault {
  if (dig(error, "code") === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING")
    return fault(
      "{file} is TypeScript: an installed package must contain JavaScript",
      "{file} 是 TypeScript：已安装的包必须提供 JavaScript",
      { file },
    );
  const detail = error instanceof Error ? error.message : String(error);
  return fault("{file} cannot be loaded: {detail}", "无法加载 {file}：{detail}", { file, detail });
}
