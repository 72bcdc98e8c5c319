// kubemin sinks: manages the addresses to which a project's events are sent. The secret of a webhook is shown once,
// when the sink is created. There is no option for a secret of the user's own, because other users of a machine can see
// command lines; the API accepts one. The events are sent in src/sinks/.

import type { AnswerOf, Client } from "../../../api/client.ts";
import type { Tone } from "../../../model/reasons/tone.ts";
import { EVENT_TYPES } from "../../../model/run/event.ts";
import { type CommandContext, defineCommand } from "../../grammar/command.ts";
import { EXIT } from "../../grammar/exitCodes.ts";
import { usageFailure } from "../../grammar/failure.ts";
import { age, printData, printListing } from "../../output/output.ts";
import { connect } from "../../reach/connect.ts";

type ApiSink = AnswerOf<"getSink">;

const TONE: Readonly<Record<ApiSink["state"], Tone>> = { delivering: "success", failing: "warning", dead: "danger" };

export const sinksCommand = defineCommand({
  name: "sinks",
  summary: { en: "send events to webhooks and Kafka", zh: "把事件发送到 webhook 和 Kafka" },
  details: {
    en: "Every event is sent at least once, always with the same id; the events of one run arrive in order. An event that cannot be delivered waits and is tried again for three days.",
    zh: "每个事件至少发送一次，且每次的编号相同；同一运行的事件按序到达。无法投递的事件会等待，并在三天内重试。",
  },
  examples: [
    {
      line: "sinks add ci --url https://ci.example.com/kubemin --event run.finished",
      text: {
        en: "prints the secret that signs the calls; it is shown only once",
        zh: "输出调用签名所用的密钥，只显示这一次",
      },
    },
    {
      line: "sinks add log --broker kafka-1:9092 --broker kafka-2:9092 --topic kubemin-events",
      text: { en: "send to a Kafka topic, with the run as the key", zh: "写入 Kafka topic，以运行编号为键" },
    },
    { line: "sinks", text: { en: "the progress of each sink", zh: "各 sink 的投递进度" } },
    {
      line: "sinks resume ci",
      text: { en: "immediately retry deliveries that wait or were given up", zh: "立即重试等待或已放弃的投递" },
    },
  ],
  arguments: [
    {
      name: "list|add|show|resume|remove",
      optional: true,
      choices: ["list", "add", "show", "resume", "remove"],
      summary: { en: "default: list", zh: "默认：list" },
    },
    { name: "NAME", optional: true, summary: { en: "name of the sink", zh: "sink 名称" } },
  ],
  options: {
    url: { type: "text", value: "URL", summary: { en: "address of a webhook", zh: "webhook 地址" } },
    broker: {
      type: "list",
      value: "HOST:PORT",
      summary: { en: "a Kafka broker; may be repeated", zh: "Kafka broker，可重复" },
    },
    topic: {
      type: "text",
      value: "TOPIC",
      summary: { en: "a Kafka topic, which must exist", zh: "Kafka topic，须已存在" },
    },
    event: {
      type: "list",
      value: "TYPE",
      choices: EVENT_TYPES,
      summary: {
        en: "type of events to send; may be repeated (default: all)",
        zh: "要发送的事件类型，可重复（默认全部）",
      },
    },
    application: {
      type: "text",
      value: "APP",
      complete: "application",
      summary: { en: "send only the events of this application", zh: "仅发送该应用的事件" },
    },
  },
  async run(context) {
    const client = connect(context);
    const [action = "list", name] = context.arguments;
    const { project } = context.globals;
    if (action === "list") return show(context, await client.call("listSinks", { params: { project } }));
    if (name === undefined)
      throw usageFailure(
        { en: "kubemin sinks {action} needs a NAME", zh: "kubemin sinks {action} 缺少名称" },
        { en: "see: kubemin sinks --help", zh: "参见：kubemin sinks --help" },
        { action },
      );
    if (action === "add") return await add(context, client, name);
    const params = { project, sink: name };
    if (action === "remove") await client.call("removeSink", { params });
    else if (action === "resume") return show(context, await client.call("resumeSink", { params }));
    else return show(context, await client.call("getSink", { params }));
    context.terminal.stderr.write(
      `${context.say({ en: "no more events are sent to {name}", zh: "不再向 {name} 发送事件" }, { name })}\n`,
    );
    return EXIT.done.code;
  },
});

async function add(context: CommandContext, client: Client, name: string): Promise<number> {
  const { url, broker, topic, event, application } = context.options as {
    readonly [key: string]: string | undefined;
  } & { readonly broker: readonly string[]; readonly event: readonly (typeof EVENT_TYPES)[number][] }; // as declared above
  const common = { name, events: [...event], ...(application === undefined ? {} : { application }) };
  const { project } = context.globals;
  if ((url === undefined) === (topic === undefined && broker.length === 0))
    throw usageFailure(
      { en: "a sink needs either --url, or --broker and --topic", zh: "请指定 --url，或同时指定 --broker 与 --topic" },
      { en: "see: kubemin sinks --help", zh: "参见：kubemin sinks --help" },
    );
  const body =
    url === undefined
      ? { ...common, type: "kafka" as const, brokers: [...broker], topic: topic ?? "" }
      : { ...common, type: "webhook" as const, url };
  const made = await client.call("addSink", { params: { project }, body });
  if (printData(context, made)) return EXIT.done.code;
  if (made.secret !== undefined) context.terminal.stdout.write(`${made.secret}\n`);
  const text = {
    en: "events are sent to {target} from now on",
    zh: "事件从现在起发送到 {target}",
  };
  const secret = {
    en: "; the secret, which signs the calls, is shown only once",
    zh: "；密钥只显示这一次，用于验证调用的签名",
  };
  const said = context.say(text, { target: made.target }) + (made.secret === undefined ? "" : context.say(secret));
  context.terminal.stderr.write(`${said}\n`);
  return EXIT.done.code;
}

function show(context: CommandContext, data: ApiSink | AnswerOf<"listSinks">): number {
  printListing<ApiSink>(context, {
    rows: "items" in data ? data.items : [data],
    columns: [
      { header: { en: "sink", zh: "sink" }, cell: (row) => row.name },
      { header: { en: "type", zh: "类型" }, cell: (row) => row.type },
      { header: { en: "state", zh: "状态" }, cell: (row) => row.state, tone: (row) => TONE[row.state] },
      { header: { en: "breaker", zh: "熔断器" }, cell: (row) => row.breaker },
      {
        header: { en: "oldest waiting", zh: "最早未投递" },
        cell: (row) => age(context, row.oldest),
        raw: (row) => row.oldest ?? "",
      },
      { header: { en: "waiting runs", zh: "等待的运行" }, cell: (row) => String(row.heldCount) },
      { header: { en: "delivered up to", zh: "已投递至" }, wide: true, cell: (row) => String(row.deliveredUpTo) },
      { header: { en: "target", zh: "目标" }, cell: (row) => row.target },
      { header: { en: "last failure", zh: "最近的失败" }, cell: (row) => row.failure?.message ?? "" },
    ],
    name: (row) => row.name,
    data,
    empty: { en: "no sinks", zh: "没有 sink" },
  });
  return EXIT.done.code;
}
