// The Job with which component type `external` checks from inside the cluster whether something elsewhere answers. Its
// shell script tries until its time is over and prints what it saw; users are shown the last line. The name carries a
// hash of the template, because the template of a Job can never be changed. The script uses only what every build of
// busybox has: no nc -z, no wget -T.
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { canonicalJson } from "../../../model/data/json.ts";
import { parseDuration } from "../../../model/document/duration.ts";
import { literalText } from "../../../model/kubernetes/kubeletExpansion.ts";
import type { Manifest } from "../../../model/kubernetes/manifest.ts";
import type { RenderContext } from "../../define.ts";
import type { ExternalAddress } from "../service/externalService.ts";

interface Checked extends ExternalAddress {
  readonly scheme: string;
  readonly check?:
    | false
    | {
        readonly type: "tcp" | "http";
        readonly path: string;
        readonly status?: number | undefined;
        readonly within: string | number;
        readonly image: string;
      }
    | undefined;
}

const DEFAULT = { type: "tcp", path: "/", status: undefined, within: "30s", image: "busybox:1.36" } as const;

export function checkJob(properties: Checked, context: RenderContext): readonly Manifest[] {
  if (properties.check === false) return [];
  const wanted = properties.check ?? DEFAULT;
  const seconds = Math.ceil((parseDuration(wanted.within) ?? 30_000) / 1000);
  const environment = {
    HOST: properties.host,
    PORT: String(properties.port),
    SECONDS_LEFT: String(seconds),
    ...(wanted.type === "tcp" ? {} : { URL: urlOf(properties, wanted.path), WANTED: String(wanted.status ?? "") }),
  };
  const template = podOf(wanted.type, wanted.image, environment);
  const hash = createHash("sha256").update(canonicalJson(template)).digest("hex").slice(0, 8);
  return [
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: `${context.component}-check-${hash}` },
      // The script limits its own time; this deadline also covers the time until the pod runs on a node.
      spec: { backoffLimit: 0, activeDeadlineSeconds: seconds + 60, template },
    },
  ];
}

function urlOf({ host, port, scheme }: Checked, path: string): string {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return `${scheme === "https" ? "https" : "http"}://${name}:${port}${path}`;
}

/** Each attempt takes at most four seconds, because a packet that a firewall drops is never answered. */
const SCRIPTS = {
  tcp: `try() {
  if said=$(timeout 4 nc -w 3 "$HOST" "$PORT" -e true 2>&1); then said="accepts connections"; return 0; fi
  said="\${said#nc: }"; said="\${said:-it does not accept connections}"; return 1
}`,
  http: `try() {
  answer=$(timeout 4 wget -S -q -O /dev/null --no-check-certificate "$URL" 2>&1)
  code=$(printf '%s\\n' "$answer" | sed -n 's/.*HTTP\\/[0-9.]* \\([0-9][0-9][0-9]\\).*/\\1/p' | tail -n 1)
  if [ -z "$code" ]; then said=$(printf '%s' "$answer" | tail -n 1); said="\${said#wget: }"; said="\${said:-no answer within 4 s}"; return 1; fi
  said="answers with status $code"
  if [ -n "$WANTED" ]; then [ "$code" = "$WANTED" ] || { said="$said, not $WANTED"; return 1; }; else [ "$code" -lt 400 ]; fi
}`,
} as const;

/** A sentence is printed only when it differs from the one before. */
const LOOP = `
end=$(($(date +%s) + SECONDS_LEFT)); before=
while :; do
  if try; then echo "$said"; exit 0; fi
  [ "$said" = "$before" ] || echo "$said"; before=$said
  [ "$(date +%s)" -lt "$end" ] || exit 1
  sleep 1
done
`;

/** The pod meets the strictest Pod Security level, and quotas that require limits. */
function podOf(type: keyof typeof SCRIPTS, image: string, environment: Readonly<Record<string, string>>) {
  return {
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 65_534, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "check",
          image,
          command: ["sh", "-c", `${SCRIPTS[type]}${LOOP}`],
          env: Object.entries(environment).map(([name, value]) =>
            value === "" ? { name } : { name, value: literalText(value) },
          ),
          resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
}
