// The allow-list for the volumes and variables of a template. Paths of the node, tokens of the cluster and volumes of
// other pods are refused.
import { DATA_KEY, DNS_LABEL, DNS_SUBDOMAIN } from "../../model/kubernetes/name.ts";
import {
  flag,
  integer,
  limit,
  list,
  needing,
  object,
  oneOf,
  quantity,
  record,
  type Shape,
  text,
  variant,
} from "./shape.ts";

/** The prefix of the volumes that kubemin adds. Templates cannot use such a name. */
const OWN_PREFIX = "kubemin-";

export const objectName = (): Shape => text(DNS_SUBDOMAIN, 253);
export const ownName = (): Shape => text(new RegExp(`^(?!${OWN_PREFIX})${DNS_LABEL.source.slice(1)}`), 63);
/** A relative path that stays inside its directory. */
const inside = (): Shape => text(/^(?!\.{1,2}(?:\/|$))[^/:\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/:\0]+)*$/, 1_024);
const mode = (): Shape => integer(0, 0o777);
const FILES = 200;

const key = (): Shape => text(DATA_KEY, 253);
const items = (): Shape => list(object({ key: key(), path: inside(), mode: mode() }, ["key", "path"]), FILES);
const secretName = (): Shape => needing("secrets", objectName());

const podField = (): Shape =>
  object(
    {
      apiVersion: oneOf("v1"),
      fieldPath: text(
        /^(metadata\.(name|namespace|uid|labels|annotations|(labels|annotations)\['[^']{1,317}'\])|spec\.nodeName|status\.podIPs?)$/,
        400,
      ),
    },
    ["fieldPath"],
  );
const resourceField = (): Shape =>
  object({ containerName: text(DNS_LABEL), resource: text(/^(requests|limits)\.[-a-z.]{1,60}$/), divisor: quantity }, [
    "resource",
  ]);
const downward = (): Shape =>
  list(
    object({ path: inside(), fieldRef: podField(), resourceFieldRef: resourceField(), mode: mode() }, ["path"]),
    FILES,
  );

const claimSpec = (): Shape =>
  object(
    {
      accessModes: list(oneOf("ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"), 1),
      resources: object({ requests: object({ storage: quantity }, ["storage"]) }, ["requests"]),
      storageClassName: needing("storageClasses", objectName()),
      volumeMode: oneOf("Filesystem"),
    },
    ["accessModes", "resources"],
  );

const PROJECTED: Readonly<Record<string, Shape>> = {
  configMap: object({ name: objectName(), items: items(), optional: flag }, ["name"]),
  secret: object({ name: secretName(), items: items(), optional: flag }, ["name"]),
  downwardAPI: object({ items: downward() }),
};

export const volume: Shape = variant(
  { name: ownName() },
  {
    emptyDir: object({ medium: oneOf("", "Memory"), sizeLimit: limit }),
    configMap: object({ name: objectName(), items: items(), defaultMode: mode(), optional: flag }, ["name"]),
    secret: object({ secretName: secretName(), items: items(), defaultMode: mode(), optional: flag }, ["secretName"]),
    projected: object({ sources: list(variant({}, PROJECTED), 20), defaultMode: mode() }, ["sources"]),
    downwardAPI: object({ items: downward(), defaultMode: mode() }),
    persistentVolumeClaim: object({ claimName: needing("claims", objectName()), readOnly: flag }, ["claimName"]),
    ephemeral: object({ volumeClaimTemplate: object({ spec: claimSpec() }, ["spec"]) }, ["volumeClaimTemplate"]),
    csi: object(
      {
        driver: needing("csiDrivers", objectName()),
        readOnly: flag,
        volumeAttributes: record(/^[-._/a-zA-Z0-9]{1,253}$/, text(undefined, 1_024), 50),
      },
      ["driver"],
    ),
  },
);

/** An absolute path without `.` or `..`. Excluded are the root, kernel file systems and the place of a token. */
const MOUNT_PATH =
  /^(?!\/(?:proc|sys)(?:\/|$))(?!\/dev(?:$|\/(?!shm$)))(?!\/(?:var\/)?run\/secrets\/kubernetes\.io(?:\/|$))(?:\/(?!\.{1,2}(?:\/|$))[^/:\0]+)+$/;

/** Sources for the value of one environment variable. */
export const variableSource: Shape = variant(
  {},
  {
    secretKeyRef: object({ name: secretName(), key: key(), optional: flag }, ["name", "key"]),
    configMapKeyRef: object({ name: objectName(), key: key(), optional: flag }, ["name", "key"]),
    fieldRef: podField(),
    resourceFieldRef: resourceField(),
  },
);

export const variablesFrom: Shape = variant(
  {},
  {
    secretRef: object({ name: secretName(), optional: flag }, ["name"]),
    configMapRef: object({ name: objectName(), optional: flag }, ["name"]),
  },
);

export const mount: Shape = object(
  {
    name: ownName(),
    mountPath: text(MOUNT_PATH, 1_024),
    readOnly: flag,
    subPath: inside(),
  },
  ["name", "mountPath"],
);
