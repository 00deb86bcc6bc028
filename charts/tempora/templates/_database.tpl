{{- define "tempora.cluster" -}}
{{ include "tempora.fullname" . }}-db
{{- end -}}

{{- define "tempora.databaseHost" -}}
{{- if .Values.database.cloudnativepg.enabled -}}
{{ include "tempora.cluster" . }}-rw
{{- else -}}
{{ .Values.database.host }}
{{- end -}}
{{- end -}}

{{/* disable, or what the server has to prove. */}}
{{- define "tempora.sslMode" -}}
{{- ternary "verify-full" .Values.database.sslMode .Values.database.cloudnativepg.enabled -}}
{{- end -}}

{{/* The secret that has the certificates of who signs those of the server; empty: none. */}}
{{- define "tempora.caSecret" -}}
{{- if .Values.database.cloudnativepg.enabled -}}
{{ include "tempora.cluster" . }}-ca
{{- else -}}
{{ .Values.database.ca.secret }}
{{- end -}}
{{- end -}}

{{- define "tempora.caKey" -}}
{{- ternary "ca.crt" .Values.database.ca.key .Values.database.cloudnativepg.enabled -}}
{{- end -}}

{{/* Where the password is: the secret, and the key in it. */}}
{{- define "tempora.passwordRef" -}}
{{- if .Values.database.cloudnativepg.enabled -}}
{ name: {{ include "tempora.cluster" . }}-app, key: password }
{{- else if .Values.database.existingSecret.name -}}
{ name: {{ .Values.database.existingSecret.name }}, key: {{ .Values.database.existingSecret.passwordKey }} }
{{- else -}}
{ name: {{ include "tempora.fullname" . }}-database, key: password }
{{- end -}}
{{- end -}}

{{/*
The environment that names the database: (dict "root" $ "direct" false). direct: past PgBouncer, the
primary only, as the migration needs it.
*/}}
{{- define "tempora.databaseEnv" -}}
{{- $db := .root.Values.database -}}
{{- $pooled := and .root.Values.pgbouncer.enabled (not .direct) -}}
{{- $sslMode := include "tempora.sslMode" .root -}}
{{- $ca := include "tempora.caSecret" .root -}}
{{- $root := "/etc/tempora/database-ca/ca.crt" -}}
{{- if $db.existingSecret.urlKey }}
- name: CDB_PRIMARY_URL
  valueFrom: { secretKeyRef: { name: {{ $db.existingSecret.name }}, key: {{ $db.existingSecret.urlKey }} } }
{{- else }}
{{- if $pooled }}
- { name: POSTGRES_HOST_W, value: {{ printf "%s-pgbouncer" (include "tempora.fullname" .root) | quote }} }
- { name: POSTGRES_PORT_W, value: '6432' }
{{- $tls := printf "?sslmode=%s%s" $sslMode (ternary "" (printf "&sslrootcert=%s" $root) (empty $ca)) }}
- name: CDB_DIRECT_URL
  value: {{ printf "postgresql://%s:%v%s" (include "tempora.databaseHost" .root) $db.port $tls | quote }}
{{- else }}
- { name: POSTGRES_HOST_W, value: {{ include "tempora.databaseHost" .root | quote }} }
- { name: POSTGRES_PORT_W, value: {{ $db.port | quote }} }
- { name: POSTGRES_SSLMODE_W, value: {{ $sslMode | quote }} }
{{- if $ca }}
- { name: POSTGRES_SSLROOTCERT_W, value: {{ $root }} }
{{- end }}
{{- end }}
- { name: POSTGRES_DB_W, value: {{ $db.name | quote }} }
{{- $migration := .root.Values.migration }}
{{- if and .direct $migration.user }}
- { name: POSTGRES_USER_W, value: {{ $migration.user | quote }} }
- name: POSTGRES_PASSWORD_W
  valueFrom: { secretKeyRef: { name: {{ $migration.existingSecret.name }}, key: {{ $migration.existingSecret.passwordKey }} } }
{{- else }}
- { name: POSTGRES_USER_W, value: {{ $db.user | quote }} }
- name: POSTGRES_PASSWORD_W
  valueFrom: { secretKeyRef: {{ include "tempora.passwordRef" .root }} }
{{- end }}
{{- end }}
{{- if not .direct }}
{{- $replicas := $db.replicas }}
{{- if and $db.cloudnativepg.enabled (gt (int $db.cloudnativepg.instances) 1) }}
{{- $replicas = list (dict "host" (printf "%s-ro" (include "tempora.cluster" .root)) "port" 5432) }}
{{- end }}
{{- range $i, $replica := $replicas }}
- { name: POSTGRES_HOST_R{{ add1 $i }}, value: {{ $replica.host | quote }} }
- { name: POSTGRES_PORT_R{{ add1 $i }}, value: {{ $replica.port | default 5432 | quote }} }
{{- if $pooled }}
- { name: POSTGRES_SSLMODE_R{{ add1 $i }}, value: {{ $sslMode | quote }} }
{{- if $ca }}
- { name: POSTGRES_SSLROOTCERT_R{{ add1 $i }}, value: {{ $root }} }
{{- end }}
{{- end }}
{{- end }}
{{- if $replicas }}
- { name: CDB_MAX_REPLICA_LAG, value: {{ $db.maxReplicaLag | quote }} }
{{- end }}
{{- end }}
{{- end -}}

{{- define "tempora.caVolume" -}}
{{- with include "tempora.caSecret" . }}
- name: database-ca
  secret:
    secretName: {{ . }}
    items: [{ key: {{ include "tempora.caKey" $ }}, path: ca.crt }]
{{- end }}
{{- end -}}

{{- define "tempora.caMount" -}}
{{- if include "tempora.caSecret" . }}
- { name: database-ca, mountPath: /etc/tempora/database-ca, readOnly: true }
{{- end }}
{{- end -}}

{{/* Egress of a NetworkPolicy to the database. */}}
{{- define "tempora.toDatabase" -}}
{{- if .Values.database.cloudnativepg.enabled }}
- to: [{ podSelector: { matchLabels: { cnpg.io/cluster: {{ include "tempora.cluster" . }} } } }]
  ports: [{ port: 5432 }]
{{- else }}
- {{ with .Values.networkPolicy.database }}to: {{ toYaml . | nindent 4 }}
  {{ end }}ports:
    {{- $ports := list (int .Values.database.port) }}
    {{- range .Values.database.replicas }}{{ $ports = append $ports (int (.port | default 5432)) }}{{ end }}
    {{- range uniq $ports }}
    - { port: {{ . }} }
    {{- end }}
{{- end }}
{{- end }}
