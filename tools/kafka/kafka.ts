// Runs a broker of Apache Kafka for tests: broker and controller in one process (KRaft), in a temporary folder, on free
// ports of the loopback interface. The broker ends with the process that started it. Brokers that it did not start are
// never changed.
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
  /** Address of the broker, as host:port. */
  readonly broker: string;
  /** Resolves once the broker has ended and its folder is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a broker, or uses the one in KUBEMIN_TEST_KAFKA if it is set. The error of a failed start names what is
 * missing.
 */
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
/** The id of the Kafka cluster: any sixteen bytes in base64. */
const CLUSTER = "a3ViZW1pbi10ZXN0LWthZg";
/** Options for a fast start and little memory; throughput does not matter. */
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
  // Detached, so that Ctrl-C in the terminal only reaches this process.
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
 * A shell between this process and the broker. It ends the broker and removes the folder when its standard input
 * closes, which the kernel does even if this process is killed. The broker is ended immediately, because its data is
 * not needed.
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
    // The listener stays as long as the broker, because a pipe without a reader fills up and stops the writer.
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
