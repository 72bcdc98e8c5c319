// A broker of Apache Kafka for tests: broker and controller in one process (KRaft), in a temporary folder, on free ports of the loopback
// interface, gone with the process that started it. Touches no broker that it did not start.
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { kafkaJars } from "./jars.ts";

export interface Kafka {
  /** host:port */
  readonly broker: string;
  /** Resolves once the broker has ended and its folder is gone. */
  readonly stop: () => Promise<void>;
}

/** Uses the broker of KUBEMIN_TEST_KAFKA and starts nothing when that is set; fails with what is missing when it cannot start one. */
export async function startKafka(): Promise<Kafka> {
  const given = process.env["KUBEMIN_TEST_KAFKA"];
  if (given !== undefined && given !== "") return { broker: given, stop: () => Promise.resolve() };
  const jars = await kafkaJars();
  const folder = await mkdtemp(join(tmpdir(), "kubemin-kafka-"));
  try {
    return await start(folder, join(jars, "*"));
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

const execute = promisify(execFile);
/** Any sixteen bytes in base64. */
const CLUSTER = "a3ViZW1pbi10ZXN0LWthZg";
/** Starting fast and staying small counts, throughput does not. */
const JAVA = [
  "-Xmx256m",
  "-XX:TieredStopAtLevel=1",
  "-XX:+UseSerialGC",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
];

async function start(folder: string, classes: string): Promise<Kafka> {
  const [port, controller] = [await freePort(), await freePort()];
  const properties = join(folder, "server.properties");
  await writeFile(properties, propertiesOf({ folder, port, controller }));
  await execute("java", [
    ...JAVA,
    "-cp",
    classes,
    "kafka.tools.StorageTool",
    "format",
    "-t",
    CLUSTER,
    "-c",
    properties,
  ]);
  const command = ["java", ...JAVA, "-cp", classes, "kafka.Kafka", properties];
  // Detached, so that Ctrl-C in the terminal reaches us alone.
  const child = spawn("sh", ["-c", GUARD, "sh", folder, ...command], {
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await ready(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { broker: `127.0.0.1:${port}`, stop };
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly controller: number;
}

function propertiesOf({ folder, port, controller }: Place): string {
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    "controller.listener.names=CONTROLLER",
    `log.dirs=${join(folder, "data")}`,
    "auto.create.topics.enable=false",
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=1",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "group.initial.rebalance.delay.ms=0",
    "",
  ].join("\n");
}

/**
 * A shell stands between us and the broker: it ends the broker and removes the folder when our end of its standard input closes, which
 * the kernel does even if we are killed. Its data is worth nothing, so it is ended at once.
 */
const GUARD = `
folder=$1; shift
(sh -c 'echo $$ >"$0/pid"; exec "$@"' "$folder" "$@" </dev/null; echo "kubemin: the broker ended" >&2) &
cat >/dev/null
kill -KILL "$(cat "$folder/pid")" 2>/dev/null
wait
cd / && rm -rf "$folder"
`;

type Child = ChildProcessByStdio<Writable, null, Readable>;

function ready(child: Child): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("error", reject);
    // Stays for the life of the broker: a pipe that nobody reads fills up and stops the writer.
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-10_000);
      if (output.includes("Kafka Server started")) resolve();
      else if (output.includes("kubemin: the broker ended")) reject(new Error(`Kafka did not start:\n${output}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("the system gave no free port"));
      });
    });
  });
}
