// The composition root: the command line with what it needs at once. What only `serve` needs is loaded by it (serve.ts),
// so that `kubemin status` does not pay for a server.
import { builtins } from "./catalog/builtins.ts";
import { createCatalog } from "./catalog/catalog.ts";
import { runCli } from "./cli/cli.ts";
import { stateHome } from "./cli/localServer.ts";
import { processTerminal } from "./cli/processTerminal.ts";
import { VERSION } from "./model/version.ts";

const terminal = processTerminal();
const home = stateHome(terminal.env);
const catalog = createCatalog(builtins);

process.exitCode = await runCli(process.argv.slice(2), terminal, {
  version: VERSION,
  home,
  catalog,
  serve: async (options) => (await import("./serve.ts")).serve(options, { home, catalog, env: terminal.env }),
});
