{{- define "qwarden.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "qwarden.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "qwarden.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "qwarden.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What never changes in the life of a release: selectors cannot. */}}
{{- define "qwarden.selectorLabels" -}}
app.kubernetes.io/name: {{ include "qwarden.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "qwarden.labels" -}}
{{ include "qwarden.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of pods: nothing that changes with a version of the chart alone, since pods would be made anew for it. */}}
{{- define "qwarden.podLabels" -}}
{{ include "qwarden.selectorLabels" . }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "qwarden.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "qwarden.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "qwarden.image" -}}
{{- $tag := .image.tag | default .defaultTag -}}
{{- if .image.digest -}}
{{ .image.repository }}@{{ .image.digest }}
{{- else -}}
{{ .image.repository }}:{{ $tag }}
{{- end -}}
{{- end }}

{{- define "qwarden.rulesConfigMap" -}}
{{- .Values.rules.existingConfigMap | default (printf "%s-rules" (include "qwarden.fullname" .)) }}
{{- end }}

{{- define "qwarden.clusterSecret" -}}
{{- .Values.cluster.existingSecret | default (printf "%s-cluster" (include "qwarden.fullname" .)) }}
{{- end }}

{{- define "qwarden.clusterSecretKey" -}}
{{- if .Values.cluster.existingSecret -}}
{{ .Values.cluster.secretKey }}
{{- else if .Values.cluster.password -}}
password
{{- else -}}
access-token
{{- end }}
{{- end }}

{{- define "qwarden.listenSecret" -}}
{{- .Values.listen.existingSecret | default (printf "%s-listen" (include "qwarden.fullname" .)) }}
{{- end }}

{{- define "qwarden.redisSecret" -}}
{{- if .Values.redis.bundled.enabled -}}
{{ include "qwarden.fullname" . }}-redis
{{- else -}}
{{ .Values.redis.existingSecret }}
{{- end }}
{{- end }}

{{- define "qwarden.stateClaim" -}}
{{- .Values.persistence.existingClaim | default (printf "%s-state" (include "qwarden.fullname" .)) }}
{{- end }}

{{/*
A secret that this chart made up stays what it is: dict "root" . "secret" NAME "key" KEY "given" VALUE.
"lookup" finds nothing in "helm template" and dry runs on the client, so each of these makes up another.
*/}}
{{- define "qwarden.keptSecret" -}}
{{- $there := lookup "v1" "Secret" .root.Release.Namespace .secret -}}
{{- if .given -}}
{{ .given }}
{{- else if and $there (hasKey (default dict $there.data) .key) -}}
{{ index $there.data .key | b64dec }}
{{- else -}}
{{ randAlphaNum 40 }}
{{- end }}
{{- end }}

{{/* Bytes of a quantity of Kubernetes (512Mi, 1.5G, 536870912), or of a size of Redis (300mb). */}}
{{- define "qwarden.bytes" -}}
{{- $text := ternary . (int64 . | toString) (kindIs "string" .) }}
{{- $units := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "mb" 1048576 "gb" 1073741824 }}
{{- $unit := regexReplaceAll "^[0-9.]+" $text "" }}
{{- if hasKey $units $unit }}{{ printf "%.0f" (mulf (regexFind "^[0-9.]+" $text) (get $units $unit)) }}{{ end }}
{{- end }}

{{/* What cannot be right, in words, before anything is installed. */}}
{{- define "qwarden.check" -}}
{{- with .Values }}
{{- if not .cluster.host }}{{ fail "cluster.host is not set: it names the Qumulo cluster." }}{{ end }}
{{- if not (or .cluster.existingSecret .cluster.password .cluster.accessToken) }}
{{- fail "There is no login: name a Secret in cluster.existingSecret (key access-token, or password with cluster.secretKey=password)." }}
{{- end }}
{{- if and .cluster.password .cluster.accessToken }}{{ fail "cluster.password and cluster.accessToken are both set: give one of them." }}{{ end }}
{{- if and .cluster.existingSecret (or .cluster.password .cluster.accessToken) }}
{{- fail "cluster.existingSecret is set, and cluster.password or cluster.accessToken as well: give one of them." }}
{{- end }}
{{- if and (eq (include "qwarden.clusterSecretKey" $) "password") (not .cluster.username) }}
{{- fail "cluster.username is not set: a password needs the name of its user." }}
{{- end }}
{{- if gt (add (ternary 1 0 (ne .cluster.tls.fingerprint "")) (ternary 1 0 (ne .cluster.tls.caConfigMap "")) (ternary 1 0 .cluster.tls.insecure)) 1 }}
{{- fail "cluster.tls: give one of fingerprint, caConfigMap and insecure." }}
{{- end }}
{{- if eq .mode "redis" }}
{{- $ways := add (ternary 1 0 (ne .redis.existingSecret "")) (ternary 1 0 (ne .redis.url "")) (ternary 1 0 .redis.bundled.enabled) }}
{{- if ne (int $ways) 1 }}
{{- fail "mode redis needs exactly one of redis.existingSecret, redis.url and redis.bundled.enabled." }}
{{- end }}
{{- if contains "@" .redis.url }}{{ fail "redis.url holds a login: put it into a Secret (key url) and name that in redis.existingSecret." }}{{ end }}
{{- if .redis.bundled.enabled }}
{{- with ((.redis.bundled.resources).limits).memory }}
{{- $most := $.Values.redis.bundled.maxmemory }}
{{- $limit := include "qwarden.bytes" . }}
{{- if and $limit (gt (mulf (include "qwarden.bytes" $most) 4) (mulf $limit 3)) }}
{{- fail (printf "redis.bundled.maxmemory (%s) is more than three quarters of redis.bundled.resources.limits.memory (%v): Redis would be killed for want of memory before it can say that it is full." $most .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if eq .mode "filelock" }}
{{- if not (or .filelock.retention .filelock.legalHold) }}{{ fail "mode filelock needs filelock.retention (7y, …) or filelock.legalHold." }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
