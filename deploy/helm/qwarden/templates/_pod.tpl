{{/*
The pod of one role: dict "root" . "role" all|watcher|worker|filelock "settings" (its part of the values).
*/}}
{{- define "qwarden.pod" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $filelock := eq .role "filelock" -}}
{{- $hasState := ne .role "worker" -}}
{{- $hasRules := has .role (list "all" "watcher") -}}
{{- $redisSecret := and (eq $values.mode "redis") (not $values.redis.url) -}}
metadata:
  labels:
    {{- include "qwarden.podLabels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .component }}
    qwarden.io/metrics: "true"
  {{- with .settings.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "qwarden.serviceAccountName" $root }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- toYaml $values.podSecurityContext | nindent 4 }}
  containers:
    - name: qwarden
      image: {{ include "qwarden.image" (dict "image" $values.image "defaultTag" $root.Chart.AppVersion) | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      args: [{{ ternary "filelock" "monitor" $filelock }}]
      securityContext:
        {{- toYaml $values.containerSecurityContext | nindent 8 }}
      env:
        - name: XDG_STATE_HOME
          value: /var/lib/qwarden
        - name: QWARDEN_HOST
          value: {{ $values.cluster.host | quote }}
        - name: QWARDEN_PORT
          value: {{ $values.cluster.port | quote }}
        {{- if eq (include "qwarden.clusterSecretKey" $root) "password" }}
        - name: QWARDEN_USERNAME
          value: {{ $values.cluster.username | quote }}
        - name: QWARDEN_PASSWORD_FILE
          value: /run/secrets/qwarden/cluster/password
        {{- else }}
        - name: QWARDEN_ACCESS_TOKEN_FILE
          value: /run/secrets/qwarden/cluster/access-token
        {{- end }}
        {{- with $values.cluster.tls.fingerprint }}
        - name: QWARDEN_TLS_FINGERPRINT
          value: {{ . | quote }}
        {{- end }}
        {{- if $values.cluster.tls.caConfigMap }}
        - name: QWARDEN_TLS_CA
          value: /etc/qwarden/ca/ca.crt
        {{- end }}
        {{- if $values.cluster.tls.insecure }}
        - name: QWARDEN_TLS_INSECURE
          value: "true"
        {{- end }}
        - name: QWARDEN_DIRECTORY_PATH
          value: {{ $values.watch.directory | quote }}
        - name: QWARDEN_RECURSIVE
          value: {{ $values.watch.recursive | quote }}
        {{- if $filelock }}
        {{- with $values.filelock }}
        {{- with .retention }}
        - name: QWARDEN_RETENTION
          value: {{ . | quote }}
        {{- end }}
        - name: QWARDEN_LEGAL_HOLD
          value: {{ .legalHold | quote }}
        - name: QWARDEN_INTERVAL
          value: {{ .interval | quote }}
        {{- with .include }}
        - name: QWARDEN_INCLUDE
          value: {{ join "\n" . | quote }}
        {{- end }}
        {{- with .exclude }}
        - name: QWARDEN_EXCLUDE
          value: {{ join "\n" . | quote }}
        {{- end }}
        - name: QWARDEN_BUILTIN_EXCLUDES
          value: {{ .builtinExcludes | quote }}
        - name: QWARDEN_EXISTING
          value: {{ .existing | quote }}
        - name: QWARDEN_EXTEND
          value: {{ .extend | quote }}
        - name: QWARDEN_ALLOW_LONG_RETENTION
          value: {{ .allowLongRetention | quote }}
        - name: QWARDEN_WAIT_FOR_CLOSE
          value: {{ .waitForClose | quote }}
        {{- end }}
        {{- else }}
        - name: QWARDEN_ROLE
          value: {{ .role }}
        {{- end }}
        {{- if $hasRules }}
        - name: QWARDEN_RULES
          value: /etc/qwarden/rules/rules.yml
        {{- end }}
        {{- if $redisSecret }}
        - name: QWARDEN_STORE_FILE
          value: /run/secrets/qwarden/redis/url
        {{- else if eq $values.mode "redis" }}
        - name: QWARDEN_STORE
          value: {{ $values.redis.url | quote }}
        {{- end }}
        - name: QWARDEN_DRY_RUN
          value: {{ $values.dryRun | quote }}
        {{- if $values.maxConcurrency }}
        - name: QWARDEN_MAX_CONCURRENCY
          value: {{ $values.maxConcurrency | quote }}
        {{- end }}
        - name: QWARDEN_LOG_FORMAT
          value: {{ $values.logFormat }}
        - name: QWARDEN_DEBUG
          value: {{ $values.debug | quote }}
        - name: QWARDEN_LISTEN
          value: {{ printf "%s:%d" $values.listen.host (int $values.listen.port) | quote }}
        - name: QWARDEN_LISTEN_TOKEN_FILE
          value: /run/secrets/qwarden/listen/token
        {{- with $values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        - name: metrics
          containerPort: {{ $values.listen.port }}
          protocol: TCP
      startupProbe:
        httpGet: { path: /readyz, port: metrics }
        {{- toYaml $values.probes.startup | nindent 8 }}
      livenessProbe:
        httpGet: { path: /healthz, port: metrics }
        {{- toYaml $values.probes.liveness | nindent 8 }}
      readinessProbe:
        httpGet: { path: /readyz, port: metrics }
        {{- toYaml $values.probes.readiness | nindent 8 }}
      resources:
        {{- toYaml .settings.resources | nindent 8 }}
      volumeMounts:
        - name: state
          mountPath: /var/lib/qwarden
        - name: tmp
          mountPath: /tmp
        - name: cluster
          mountPath: /run/secrets/qwarden/cluster
          readOnly: true
        - name: listen
          mountPath: /run/secrets/qwarden/listen
          readOnly: true
        {{- if $redisSecret }}
        - name: redis
          mountPath: /run/secrets/qwarden/redis
          readOnly: true
        {{- end }}
        {{- if $hasRules }}
        # A directory, and no subPath: Kubernetes would never change the file then.
        - name: rules
          mountPath: /etc/qwarden/rules
          readOnly: true
        {{- end }}
        {{- if $values.cluster.tls.caConfigMap }}
        - name: ca
          mountPath: /etc/qwarden/ca
          readOnly: true
        {{- end }}
        {{- range $values.actionSecrets }}
        - name: action-{{ . }}
          mountPath: /run/secrets/qwarden/actions/{{ . }}
          readOnly: true
        {{- end }}
        {{- with $values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: state
      {{- if and $hasState $values.persistence.enabled }}
      persistentVolumeClaim:
        claimName: {{ include "qwarden.stateClaim" $root }}
      {{- else }}
      emptyDir: {}
      {{- end }}
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    - name: cluster
      secret:
        secretName: {{ include "qwarden.clusterSecret" $root }}
        defaultMode: 0440
        items: [{ key: {{ include "qwarden.clusterSecretKey" $root }}, path: {{ include "qwarden.clusterSecretKey" $root }} }]
    - name: listen
      secret:
        secretName: {{ include "qwarden.listenSecret" $root }}
        defaultMode: 0440
        items: [{ key: token, path: token }]
    {{- if $redisSecret }}
    - name: redis
      secret:
        secretName: {{ include "qwarden.redisSecret" $root }}
        defaultMode: 0440
        items: [{ key: url, path: url }]
    {{- end }}
    {{- if $hasRules }}
    - name: rules
      configMap:
        name: {{ include "qwarden.rulesConfigMap" $root }}
    {{- end }}
    {{- with $values.cluster.tls.caConfigMap }}
    - name: ca
      configMap:
        name: {{ . }}
        items: [{ key: ca.crt, path: ca.crt }]
    {{- end }}
    {{- range $values.actionSecrets }}
    - name: action-{{ . }}
      secret:
        secretName: {{ . }}
        defaultMode: 0440
    {{- end }}
    {{- with $values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .settings.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .settings.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .settings.affinity }}
  affinity:
    {{- toYaml .settings.affinity | nindent 4 }}
  {{- else if eq .role "worker" }}
  affinity:
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "qwarden.selectorLabels" $root | nindent 16 }}
                app.kubernetes.io/component: worker
  {{- end }}
{{- end }}
