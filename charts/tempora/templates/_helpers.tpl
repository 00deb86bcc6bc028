{{- define "tempora.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "tempora.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else if contains (include "tempora.name" .) .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "tempora.name" .) | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Which pods: (dict "root" $ "component" "api"). They never change. */}}
{{- define "tempora.selector" -}}
app.kubernetes.io/name: {{ include "tempora.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "tempora.labels" -}}
{{ include "tempora.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* Pods of this release, as a NetworkPolicy names them: (dict "root" $ "component" "api"). */}}
{{- define "tempora.peer" -}}
- podSelector:
    matchLabels: {{ include "tempora.selector" . | nindent 6 }}
{{- end -}}

{{- define "tempora.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{ .Values.image.repository }}:{{ $tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end -}}

{{- define "tempora.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "tempora.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end -}}

{{/* The Service that clients are led to. */}}
{{- define "tempora.frontService" -}}
{{ include "tempora.fullname" . }}{{ if .Values.cache.enabled }}-cache{{ end }}
{{- end -}}

{{- define "tempora.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* The same for pods of every kind. */}}
{{- define "tempora.placement" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{/* Spread over zones and hosts, as well as it goes: (dict "root" $ "component" "api"). */}}
{{- define "tempora.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {{ include "tempora.selector" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{/* Says no to what would not start, in one sentence. */}}
{{- define "tempora.check" -}}
{{- $db := .Values.database -}}
{{- if not (or $db.cloudnativepg.enabled $db.host $db.existingSecret.urlKey) -}}
{{- fail "No database is named: set database.host, database.existingSecret.urlKey or database.cloudnativepg.enabled." -}}
{{- end -}}
{{- if and $db.cloudnativepg.enabled (or $db.host $db.existingSecret.urlKey $db.replicas) -}}
{{- fail "database.cloudnativepg makes a database, but database.host, replicas or urlKey names another: leave one of them out." -}}
{{- end -}}
{{- if and $db.existingSecret.urlKey (not $db.existingSecret.name) -}}
{{- fail "database.existingSecret.urlKey is set, but not database.existingSecret.name." -}}
{{- end -}}
{{- if and $db.host (not $db.existingSecret.urlKey) (not $db.existingSecret.name) (not $db.password) -}}
{{- fail "database.host is set, but no password: set database.existingSecret.name (or database.password to try things out)." -}}
{{- end -}}
{{- if and .Values.pgbouncer.enabled $db.existingSecret.urlKey -}}
{{- fail "pgbouncer needs the parts of the database's address: set database.host, user, name and existingSecret.passwordKey rather than urlKey." -}}
{{- end -}}
{{- $migration := .Values.migration -}}
{{- if and $migration.user $db.existingSecret.urlKey -}}
{{- fail "migration.user would not be used: database.existingSecret.urlKey names the account. Set database.host, user, name and existingSecret.passwordKey instead." -}}
{{- end -}}
{{- if and $migration.user (not $migration.existingSecret.name) -}}
{{- fail "migration.user is set, but no secret with its password: set migration.existingSecret.name." -}}
{{- end -}}
{{- $oidc := has .Values.auth.mode (list "oidc" "oidcAndSharedSecret") -}}
{{- if and $oidc (not .Values.auth.issuers) -}}
{{- fail "auth.mode trusts issuers, but auth.issuers is empty." -}}
{{- end -}}
{{- if and $oidc (not .Values.auth.permissions) -}}
{{- fail "auth.permissions is not set: say who of all the people of these issuers may write (scopes, belle2 or allow-all)." -}}
{{- end -}}
{{- if and .Values.auth.policy (ne .Values.auth.permissions "scopes") -}}
{{- fail "auth.policy is set, but only auth.permissions=scopes reads it." -}}
{{- end -}}
{{- end -}}
