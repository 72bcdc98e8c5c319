// The actions of `kubemin type`, in one table. The server does the work: src/jobTypes/registering/.

import { settleStarted } from "../follow/watchToEnd.ts";
import { EXIT } from "../grammar/exitCodes.ts";
import { usageFailure } from "../grammar/failure.ts";
import { printData } from "../output/output.ts";
import type { Act } from "./actionContext.ts";
import { checkFile, registerFile } from "./register.ts";
import { listTypes, showType } from "./show.ts";

interface Action {
  readonly needs?: "NAME" | "FILE";
  readonly run: (act: Act) => Promise<number>;
}

export const ACTIONS: Readonly<Record<string, Action>> = {
  list: { run: (act) => (act.name === "" ? listTypes(act) : show(act)) },
  show: { needs: "NAME", run: show },
  docs: { needs: "NAME", run: docs },
  check: { needs: "FILE", run: checkFile },
  register: { needs: "FILE", run: registerFile },
  try: { needs: "NAME", run: tryOut },
  activate: { needs: "NAME", run: activate },
  deprecate: { needs: "NAME", run: deprecate },
  grant: { needs: "NAME", run: grant },
  revoke: { needs: "NAME", run: revoke },
  disable: { needs: "NAME", run: disable },
  enable: { needs: "NAME", run: enable },
  withdraw: { needs: "NAME", run: withdraw },
  restore: { needs: "NAME", run: restore },
};

const params = ({ context, name }: Act) => ({ project: context.globals.project, type: name });

/** An object with one field, or an empty one if the value is `undefined`. */
function said<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string }); // the one key
}

async function show(act: Act): Promise<number> {
  return showType(act.context, await act.client.call("getJobType", { params: params(act) }));
}

async function docs(act: Act): Promise<number> {
  const query = said("version", act.options["type-version"]);
  const page = await act.client.call("getJobTypePage", { params: params(act), query });
  if (!printData(act.context, page)) act.context.terminal.stdout.write(page.markdown);
  return EXIT.done.code;
}

async function tryOut(act: Act): Promise<number> {
  const { example = 0, cluster, "type-version": version } = act.options;
  const body = { example, ...said("version", version), ...said("cluster", cluster) };
  const run = await act.client.call("tryJobType", { params: params(act), body });
  const options = { timeout: undefined, detach: false, "no-watch": false };
  return await settleStarted(act.context, { client: act.client, run, options });
}

async function activate(act: Act): Promise<number> {
  const body = said("version", act.options["type-version"]);
  return showType(act.context, await act.client.call("activateJobType", { params: params(act), body }));
}

async function deprecate(act: Act): Promise<number> {
  const { until, "replaced-by": replacedBy, "type-version": version } = act.options;
  const body = { ...said("version", version), ...said("until", until), ...said("replacedBy", replacedBy) };
  return showType(act.context, await act.client.call("deprecateJobType", { params: params(act), body }));
}

async function grant(act: Act): Promise<number> {
  const { network, secret, volumes, device } = act.options;
  const named = network.length + secret.length + device.length > 0 || volumes !== undefined;
  const grants = {
    ...(network.length === 0 ? {} : { network: [...network] }),
    ...(secret.length === 0 ? {} : { secrets: [...secret] }),
    ...said("volumes", volumes),
    ...(device.length === 0 ? {} : { devices: Object.fromEntries(device.map(deviceOf)) }),
  };
  const to = { type: act.name, grantee: act.context.globals.project };
  const type = await act.client.call("grantJobType", { params: to, body: named ? { grants } : {} });
  return showType(act.context, type);
}

function deviceOf(text: string): readonly [string, number] {
  const [, name, count] = /^(.+)=(\d{1,15})$/.exec(text) ?? [];
  if (name !== undefined) return [name, Number(count)];
  throw usageFailure(
    {
      en: "--device {text}: write NAME=COUNT, with the number in the units of the resource",
      zh: "--device {text}：请写成 NAME=COUNT，数量以该资源的单位计",
    },
    {
      en: "for example: --device nvidia.com/gpu=8, or --device nvidia.com/gpumem=20000 (MiB)",
      zh: "例如：--device nvidia.com/gpu=8，或 --device nvidia.com/gpumem=20000（MiB）",
    },
    { text },
  );
}

async function revoke(act: Act): Promise<number> {
  const { project } = act.context.globals;
  await act.client.call("revokeJobType", { params: { type: act.name, grantee: project } });
  const text = { en: "{name} is no longer granted to {project}", zh: "{project} 不再获准使用 {name}" };
  act.context.terminal.stderr.write(`${act.context.say(text, { name: act.name, project })}\n`);
  return EXIT.done.code;
}

async function disable(act: Act): Promise<number> {
  const body = { reason: reasonOf(act, "disable") };
  return showType(act.context, await act.client.call("disableJobType", { params: { type: act.name }, body }));
}

function reasonOf({ options: { reason } }: Act, word: string): string {
  if (reason !== undefined) return reason;
  throw usageFailure(
    { en: "kubemin type {word} needs --reason", zh: "kubemin type {word} 缺少 --reason" },
    { en: "every run that waits because of it shows this reason", zh: "因此等待的运行都会显示该原因" },
    { word },
  );
}

async function withdraw(act: Act): Promise<number> {
  const body = { reason: reasonOf(act, "withdraw") };
  return showType(act.context, await act.client.call("withdrawJobType", { params: params(act), body }));
}

async function restore(act: Act): Promise<number> {
  return showType(act.context, await act.client.call("restoreJobType", { params: params(act) }));
}

async function enable(act: Act): Promise<number> {
  return showType(act.context, await act.client.call("enableJobType", { params: { type: act.name } }));
}
