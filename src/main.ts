// The composition root of the program: builds what the command line needs and runs it. The parts of a server
// (serve.ts), of backups (backup.ts) and of plug-ins (plugin/load.ts) are loaded only when a command uses them, so that
// `kubemin status` starts fast.
import { builtins } from "./builtins.ts";
import { type Catalog, createCatalog } from "./catalog/catalog.ts";
import { runCli } from "./cli/cli.ts";
import { Failure } from "./cli/grammar/failure.ts";
import type { PluginSummary, Root } from "./cli/grammar/root.ts";
import { stateHome } from "./cli/reach/localServer.ts";
import { processTerminal } from "./cli/terminal/processTerminal.ts";
import { VERSION } from "./model/data/version.ts";

const terminal = processTerminal();
const home = stateHome(terminal.env);

function rootOf(catalog: Catalog, plugins: readonly PluginSummary[]): Root {
  return {
    version: VERSION,
    home,
    catalog,
    plugins,
    withPlugins,
    async *backup(place) {
      yield* (await import("./backup.ts")).takeBackup(place, { home, env: terminal.env });
    },
    restore: async (options) => (await import("./backup.ts")).restoreBackup(options, { home, env: terminal.env }),
    serve: async (options) => (await import("./serve.ts")).serve(options, { home, catalog, env: terminal.env }),
  };
}

async function withPlugins(sources: readonly string[]): Promise<Root> {
  const { catalogWith, loadPlugins, PluginError } = await import("./plugin/load.ts");
  try {
    const loaded = await loadPlugins(sources, terminal.directory);
    const summaries = loaded.map(({ source, plugin: { name, version, components = [], traits = [] } }) => ({
      name,
      version,
      source,
      components: components.map((one) => one.name),
      traits: traits.map((one) => one.name),
    }));
    return rootOf(catalogWith(loaded), summaries);
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const advice = { en: "fix the plug-in, or start without it", zh: "请修复插件，或不加载它" };
    throw new Failure({ code: "PluginRefused", exit: 2, text: error.text, advice });
  }
}

process.exitCode = await runCli(process.argv.slice(2), terminal, rootOf(createCatalog(builtins), []));
