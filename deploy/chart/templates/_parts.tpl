{{- define "kubemin.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{- define "kubemin.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "kubemin.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- /* One kind of process: API or worker. They differ in their role, their number and what they may use. */ -}}
{{- define "kubemin.deployment" -}}
{{- $root := .root }}
{{- $values := .values }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "kubemin.name" $root }}-{{ .role }}
  labels:
    {{- include "kubemin.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  replicas: {{ $values.replicas }}
  selector:
    matchLabels:
      {{- include "kubemin.selector" . | nindent 6 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  template:
    metadata:
      labels:
        {{- include "kubemin.selector" . | nindent 8 }}
      {{- with $root.Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "kubemin.name" $root }}
      automountServiceAccountToken: {{ $root.Values.inCluster }}
      {{- with $root.Values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile: { type: RuntimeDefault }
      # Runs are handed over and answers are finished within this.
      terminationGracePeriodSeconds: 30
      containers:
        - name: kubemin
          image: {{ printf "%s:%s" $root.Values.image.repository (default $root.Chart.AppVersion $root.Values.image.tag) | quote }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args:
            - serve
            - --{{ .role }}
            - --host=0.0.0.0
            - --allow-remote
            - --port=8384
            - --data=/data
            - --public-url=http://{{ include "kubemin.name" $root }}.{{ $root.Release.Namespace }}.svc:{{ $root.Values.service.port }}
            {{- if $root.Values.inCluster }}
            - --context=in-cluster
            {{- end }}
            {{- range $root.Values.keep }}
            - {{ printf "--keep=%s" . | quote }}
            {{- end }}
            {{- range $values.extraArgs }}
            - {{ . | quote }}
            {{- end }}
          env:
            - name: KUBEMIN_DATABASE
              valueFrom: { secretKeyRef: { name: {{ $root.Values.secret }}, key: database } }
            - name: KUBEMIN_KEY
              valueFrom: { secretKeyRef: { name: {{ $root.Values.secret }}, key: key } }
            {{- if eq .role "api" }}
            - name: KUBEMIN_ADMIN_TOKEN
              valueFrom: { secretKeyRef: { name: {{ $root.Values.secret }}, key: admin-token } }
            {{- end }}
          ports:
            - { name: http, containerPort: 8384 }
          startupProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 1
            failureThreshold: 60
          livenessProbe:
            httpGet: { path: /healthz, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: { drop: [ALL] }
          volumeMounts:
            - { name: data, mountPath: /data }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - { name: data, emptyDir: { sizeLimit: 64Mi } }
        - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "kubemin.selector" . | nindent 14 }}
      {{- with $root.Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "kubemin.name" $root }}-{{ .role }}
  labels:
    {{- include "kubemin.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .role }}
spec:
  # With one replica, a node that is drained would wait for ever.
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "kubemin.selector" . | nindent 6 }}
{{- end }}
