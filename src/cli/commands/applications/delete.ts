// kubemin delete: removes an application and its objects. Volumes are kept, because they contain data, unless the user
// gives the option --dangerous-delete-volumes.
import type { AnswerOf } from "../../../api/client.ts";
import { onceMore, writeHeaders } from "../../documents/deploySource.ts";
import { settleStarted, WATCH_OPTIONS } from "../../follow/watchToEnd.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { confirmed, YES_OPTION } from "../../output/confirm.ts";
import { clusterLabel } from "../../output/sandbox.ts";
import { connect } from "../../reach/connect.ts";
import { APPLICATION_ARGUMENT } from "../shared.ts";

const VOLUME = "PersistentVolumeClaim";

export const deleteCommand = defineCommand({
  name: "delete",
  summary: { en: "remove an application; its volumes are kept", zh: "删除应用；存储卷保留" },
  examples: [
    {
      line: "delete shop",
      text: { en: "show what is deleted and what is kept, ask, watch", zh: "显示删除与保留的内容、确认、观察" },
    },
    {
      line: "delete shop --dangerous-delete-volumes",
      text: { en: "also delete all its data", zh: "连同全部数据一起删除" },
    },
  ],
  arguments: [APPLICATION_ARGUMENT],
  options: {
    yes: YES_OPTION,
    "dangerous-delete-volumes": {
      type: "flag",
      summary: { en: "also delete its volumes: the data is lost for ever", zh: "同时删除存储卷：数据将永久丢失" },
    },
    ...WATCH_OPTIONS,
  },
  async run(context) {
    const client = connect(context);
    const { options } = context;
    const application = context.arguments[0] ?? "";
    const params = { project: context.globals.project, application };
    // An unreachable cluster must not prevent the question. The objects are then not listed, and the output says so.
    const [now, status] = await Promise.all([
      client.call("getApplication", { params }),
      client.call("getStatus", { params }).catch(() => undefined),
    ]);
    const volumes = options["dangerous-delete-volumes"];
    showWhatGoes(context, { now, status, volumes });
    const text = volumes
      ? { en: "Delete {application} and ALL ITS DATA?", zh: "删除 {application} 及其全部数据？" }
      : { en: "Delete {application}?", zh: "删除 {application}？" };
    if (!(await confirmed(context, { yes: options.yes, text, params: { application } }))) return EXIT.done.code;
    const call = { params, query: { volumes: volumes ? "true" : "false" }, headers: writeHeaders(now.revision) };
    const run = await onceMore(context, () => client.call("deleteApplication", call));
    return await settleStarted(context, { client, run, options });
  },
});

interface Going {
  readonly now: AnswerOf<"getApplication">;
  readonly status: AnswerOf<"getStatus"> | undefined;
  readonly volumes: boolean;
}

function showWhatGoes(context: CommandContext, { now, status, volumes }: Going): void {
  const { stderr } = context.terminal;
  stderr.write(
    `${now.name} v${now.revision} · ${clusterLabel(context, { name: now.cluster, kind: now.clusterKind })} · ${now.namespace}\n`,
  );
  if (status === undefined)
    stderr.write(`${context.say({ en: "its objects cannot be listed now", zh: "暂时无法列出其对象" })}\n`);
  const objects = (status?.components ?? []).flatMap((one) => one.objects.map(({ object }) => object));
  const goes = objects.filter(({ kind }) => volumes || kind !== VOLUME);
  const line = (sign: string, word: string, object: (typeof objects)[number]): void =>
    stderr.write(`  ${sign} ${word} ${object.kind}/${object.name}\n`);
  for (const object of goes) line("-", context.say({ en: "delete", zh: "删除" }), object);
  for (const object of objects.filter((one) => !goes.includes(one)))
    line("=", context.say({ en: "keep", zh: "保留" }), object);
  const kept = volumes
    ? { en: "volumes are deleted too: the data is lost for ever", zh: "存储卷也会删除：数据将永久丢失" }
    : { en: "volumes are kept", zh: "存储卷保留" };
  stderr.write(`${context.say(kept)}\n`);
}
