// Tests the mysql preset on the real cluster, with MariaDB under the image's name: its example deploys, another
// component connects by its url, and the data is kept after a restart, a new image, and a delete followed by a deploy.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dig } from "../../src/model/data/json.ts";
import {
  dropNamespace,
  exec,
  get,
  kubectl,
  list,
  makeNamespace,
  podsOf,
  tryKubectl,
  until,
} from "./support/kubectl.ts";
import { EXAMPLES, type Product, startProduct } from "./support/product.ts";

let product: Product;
let namespace: string;

beforeAll(async () => {
  [product, namespace] = await Promise.all([startProduct(), makeNamespace()]);
});

afterAll(async () => {
  await product?.stop();
  await dropNamespace(namespace);
});

/**
 * A client component that gets only the url and the password in its environment, and queries when the test asks it to.
 */
const CLIENT = `
  - name: client
    type: worker
    properties: { image: "mysql:8.4", command: [sh, -c, "trap 'exit 0' TERM; sleep infinity & wait"] }
    traits:
      env:
        DATABASE_URL: { component: ledger }
        MYSQL_PWD: { secret: login, key: password }
`;
/** A shell script that splits mysql://user@host:port/database. */
const ASK = `
rest=\${DATABASE_URL#mysql://}; user=\${rest%%@*}; rest=\${rest#*@}; host=\${rest%%:*}; rest=\${rest#*:}
exec mysql -h "$host" -P "\${rest%%/*}" -u "$user" "\${rest#*/}" -N -B -e "$1"`;

async function deploy(change: (text: string) => string = (text) => text): Promise<void> {
  const example = readFileSync(join(EXAMPLES, "mysql.yaml"), "utf8");
  const text = change(`${example.replace(/^name: .*$/m, (line) => `${line}\nnamespace: ${namespace}`)}${CLIENT}`);
  const { code, stdout, stderr } = await product.kubemin("deploy", product.file("mysql.yaml", text), "--yes");
  expect(code, stdout + stderr).toBe(0);
}

async function ask(query: string, ...env: readonly string[]): Promise<string> {
  const [client] = await podsOf(namespace, "client");
  const words = ["--namespace", namespace, "exec", client?.metadata.name ?? "", "--"];
  const { stdout, stderr } = await tryKubectl([...words, "env", ...env, "sh", "-c", ASK, "sh", query]);
  return `${stdout}${stderr}`.trim();
}

const items = (): Promise<string> => ask("select item from orders order by item");
const anotherImage = (text: string): string => text.replace("preset: mysql", "preset: mysql\n      image: mysql:9.4");

describe("the mysql preset", () => {
  it("answers another component by its url, with the password of the secret and no other", async () => {
    await deploy();
    expect(await ask("insert into orders values ('a bicycle'); select row_count()")).toBe("1");
    expect(await items()).toBe("a bicycle");
    expect(await ask("select current_user()")).toBe("orders@%");
    expect(await ask("select 1", "MYSQL_PWD=wrong")).toContain("Access denied");
  });

  it("keeps its data through a restart", async () => {
    const before = await get(namespace, "pod", "ledger-0");
    await kubectl(["--namespace", namespace, "delete", "pod", "ledger-0"]);
    await until(namespace, "pods", (pods) =>
      pods.some((pod) => pod.metadata.name === "ledger-0" && pod.metadata.uid !== before?.metadata.uid && isReady(pod)),
    );
    expect(await items()).toBe("a bicycle");
  });

  it("keeps its data through another image, and touches the client not at all", async () => {
    const client = await podsOf(namespace, "client");
    await deploy(anotherImage);
    expect(await exec(namespace, "ledger-0", "sh", "-c", "echo $MYSQL_VERSION")).toBe("9.4\n");
    expect(await items()).toBe("a bicycle");
    expect((await podsOf(namespace, "client")).map((pod) => pod.metadata.uid)).toEqual(
      client.map((pod) => pod.metadata.uid),
    );
  });

  it("keeps its volume when it is deleted, and finds it again", async () => {
    const deleted = await product.kubemin("delete", "orders", "--yes");
    expect(deleted.code, deleted.stderr).toBe(0);
    expect(await list(namespace, "statefulsets,secrets,deployments")).toEqual([]);
    await deploy(anotherImage);
    expect(await items()).toBe("a bicycle");
  });
});

function isReady(pod: unknown): boolean {
  const conditions = dig(pod, "status", "conditions");
  return (
    Array.isArray(conditions) && conditions.some((one) => dig(one, "type") === "Ready" && dig(one, "status") === "True")
  );
}
