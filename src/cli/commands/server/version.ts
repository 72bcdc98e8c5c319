// kubemin version: prints the version of this program and, if a server answers, of the server. No server is not an
// error.
import { defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { printData } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";

export const versionCommand = defineCommand({
  name: "version",
  summary: { en: "version of this program and of the server", zh: "本程序与服务器的版本" },
  examples: [
    { line: "version", text: { en: "both", zh: "两者" } },
    { line: "version -o json", text: { en: "for a script", zh: "用于脚本" } },
  ],
  arguments: [],
  options: {},
  async run(context) {
    const server = await askServer(() => connect(context).call("getVersion", {}));
    if (printData(context, { client: context.root.version, server: server ?? null })) return EXIT.done.code;
    const { stdout, stderr } = context.terminal;
    stdout.write(`kubemin ${context.root.version}\n`);
    if (server !== undefined)
      stderr.write(`${context.say({ en: "server", zh: "服务器" })} ${server.version} (node ${server.node})\n`);
    return EXIT.done.code;
  },
});

async function askServer<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}
