// A static page: a text in the document, served by busybox. Small on purpose: an image, a ConfigMap, a Deployment and a Service.
import { defineComponent, described, podOf, replicas, selectorOf, z } from "kubemin/plugin";

const PORT = 8080;

export const page = defineComponent({
  name: "page",
  summary: { en: "A static page", zh: "静态页面" },
  schema: z.strictObject({
    html: described(z.string().max(65_536), "Its text", "页面内容"),
    replicas: described(replicas().default(1), "How many pods", "副本数"),
  }),
  examples: [{ title: { en: "A greeting", zh: "一句问候" }, value: { html: "<h1>Hello</h1>" } }],
  job: "deploy",
  outputs: (name) => ({ host: name, port: String(PORT), url: `http://${name}:${PORT}` }),
  render: ({ html, replicas: count }, context) => {
    const { component } = context;
    const program = { image: "busybox:1.36", command: ["httpd", "-f", "-p", String(PORT), "-h", "/www"] };
    const pod = podOf(component, program, {
      ports: [{ name: "http", containerPort: PORT, protocol: "TCP" }],
      readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 2 },
      volumeMounts: [{ name: "www", mountPath: "/www", readOnly: true }],
    });
    return {
      pod: { ...pod, volumes: [{ name: "www", configMap: { name: `${component}-page` } }] },
      controller: ({ template, labels }) => ({
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: component },
        spec: { replicas: count, selector: { matchLabels: labels }, template },
      }),
      objects: [
        {
          manifest: {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: `${component}-page` },
            data: { "index.html": html },
          },
        },
        {
          manifest: {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: component },
            spec: {
              type: "ClusterIP",
              selector: selectorOf(context),
              ports: [{ name: "http", port: PORT, protocol: "TCP", targetPort: "http" }],
            },
          },
        },
      ],
    };
  },
});
