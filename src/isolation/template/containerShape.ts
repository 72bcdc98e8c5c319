// The allow-list for one container of a template. Probes and hooks cannot name a host, because the kubelet would
// connect to it for the template.
import { DNS_LABEL, ENV_NAME } from "../../model/kubernetes/name.ts";
import { image, integer, limit, list, object, oneOf, quantity, record, type Shape, text } from "./shape.ts";
import { mount, ownName, variableSource, variablesFrom } from "./volumeShape.ts";

const IMAGE = /^[a-zA-Z0-9](?:[-a-zA-Z0-9._:/]{0,450}[a-zA-Z0-9])?(?:@sha256:[a-f0-9]{64})?$/;
/** cpu, memory, scratch space, or a device resource, whose name begins with a domain. */
const RESOURCE =
  /^(?:cpu|memory|ephemeral-storage|(?!(?:[^/]*\.)?kubernetes\.io\/)[a-z0-9][-a-z0-9.]{0,200}\/[A-Za-z0-9][-A-Za-z0-9_.]{0,62})$/;
const ITEMS = 500;

const words = (): Shape => list(text(), ITEMS);
const resources = (amount: Shape): Shape => record(RESOURCE, amount, 20);
const capabilityName = (): Shape => text(/^[A-Z_]{1,40}$/);
/** Every user id except root. */
export const account = (): Shape => integer(1, 2_147_483_647);
export const seccomp = (): Shape => object({ type: oneOf("RuntimeDefault") }, ["type"]);
const port = (): Shape => integer(1, 65_535);
const path = (): Shape => text(/^\/[^\s\0]{0,1023}$/, 1_024);
const portName = (): Shape => text(/^(?=.{1,15}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);

const CHECK = {
  exec: object({ command: words() }, ["command"]),
  httpGet: object({ path: path(), port: port(), scheme: oneOf("HTTP", "HTTPS") }, ["port"]),
  tcpSocket: object({ port: port() }, ["port"]),
} as const;

const seconds = (): Shape => integer(0, 3_600);
const probe = (): Shape =>
  object({
    ...CHECK,
    initialDelaySeconds: seconds(),
    periodSeconds: seconds(),
    timeoutSeconds: seconds(),
    successThreshold: integer(1, 100),
    failureThreshold: integer(1, 1_000),
  });

/** A template may repeat the settings that apply anyway; any other value is a problem. */
const securityContext = (): Shape =>
  object({
    allowPrivilegeEscalation: oneOf(false),
    privileged: oneOf(false),
    readOnlyRootFilesystem: oneOf(true),
    runAsNonRoot: oneOf(true),
    runAsUser: account(),
    runAsGroup: account(),
    seccompProfile: seccomp(),
    capabilities: object({ add: list(oneOf("NET_BIND_SERVICE"), 1), drop: list(capabilityName(), 60) }),
  });

const FIELDS = {
  name: ownName(),
  image: image(IMAGE),
  imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  command: words(),
  args: words(),
  workingDir: path(),
  env: list(object({ name: text(ENV_NAME, 256), value: text(), valueFrom: variableSource }, ["name"]), ITEMS),
  envFrom: list(variablesFrom, 20),
  ports: list(
    object({ name: portName(), containerPort: port(), protocol: oneOf("TCP", "UDP") }, ["containerPort"]),
    50,
  ),
  resources: object({
    requests: resources(quantity),
    limits: resources(limit),
    claims: list(object({ name: text(DNS_LABEL), request: text(DNS_LABEL) }, ["name"]), 10),
  }),
  volumeMounts: list(mount, 50),
  securityContext: securityContext(),
  terminationMessagePolicy: oneOf("File", "FallbackToLogsOnError"),
  lifecycle: object({ preStop: object({ exec: CHECK.exec }, ["exec"]) }),
  livenessProbe: probe(),
  readinessProbe: probe(),
  startupProbe: probe(),
} as const;

export const container: Shape = object(FIELDS, ["name", "image"]);
/** `restartPolicy: Always` makes it a sidecar, which runs together with the other containers and ends with them. */
export const initContainer: Shape = object({ ...FIELDS, restartPolicy: oneOf("Always") }, ["name", "image"]);
