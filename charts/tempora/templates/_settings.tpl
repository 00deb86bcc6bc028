{{/* CDB_OIDC_ISSUERS: `<issuer> <audience> … alg=…` with commas between them. */}}
{{- define "tempora.issuers" -}}
{{- $written := list -}}
{{- range .Values.auth.issuers -}}
{{- $words := concat (list .issuer) .audiences -}}
{{- with .algorithm }}{{ $words = append $words (printf "alg=%s" .) }}{{ end -}}
{{- $written = append $written (join " " $words) -}}
{{- end -}}
{{ join ", " $written }}
{{- end -}}

{{- define "tempora.hasSharedSecret" -}}
{{- if has .Values.auth.mode (list "sharedSecret" "oidcAndSharedSecret") }}yes{{ end -}}
{{- end -}}

{{- define "tempora.authEnv" -}}
{{- $auth := .Values.auth -}}
{{- if eq $auth.mode "off" }}
- { name: CDB_AUTH, value: 'off' }
{{- end }}
{{- if include "tempora.hasSharedSecret" . }}
- { name: CDB_AUTH_CLASS, value: cdb_rest.authentication.CustomJWTAuthentication }
- name: JWT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ $auth.sharedSecret.existingSecret | default (printf "%s-jwt" (include "tempora.fullname" .)) }}
      key: {{ ternary "JWT_SECRET" $auth.sharedSecret.key (empty $auth.sharedSecret.existingSecret) }}
{{- with $auth.sharedSecret.issuer }}
- { name: CDB_JWT_ISSUER, value: {{ . | quote }} }
{{- end }}
{{- with $auth.sharedSecret.audience }}
- { name: CDB_JWT_AUDIENCE, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- if has $auth.mode (list "oidc" "oidcAndSharedSecret") }}
- { name: CDB_OIDC_ISSUERS, value: {{ include "tempora.issuers" . | quote }} }
{{- end }}
{{- with $auth.permissions }}
- { name: CDB_PERMISSION_PLUGIN_CLASS, value: {{ . | quote }} }
{{- end }}
{{- if $auth.policy }}
- { name: CDB_POLICY_FILE, value: /etc/tempora/policy/policy.yaml }
{{- end }}
- { name: CDB_READ_AUTH, value: {{ $auth.readers | quote }} }
{{- end -}}

{{- define "tempora.settingsEnv" -}}
- { name: CDB_IOV_MODE, value: {{ .Values.iovMode | quote }} }
- { name: CDB_DEMO, value: {{ .Values.demo | quote }} }
- { name: CDB_SHUTDOWN_S, value: {{ .Values.shutdownSeconds | quote }} }
- { name: CDB_POOL_SIZE, value: {{ .Values.database.poolSize | quote }} }
- { name: CDB_METRICS_PORT, value: {{ .Values.metrics.port | quote }} }
{{- if not (hasKey .Values.settings "CDB_MIGRATE") }}
- { name: CDB_MIGRATE, value: 'false' }
{{- end }}
{{- with .Values.payloadBaseUrl }}
- { name: CDB_PAYLOAD_BASE_URL, value: {{ . | quote }} }
{{- end }}
{{- with .Values.trustedProxies }}
- { name: CDB_TRUSTED_PROXIES, value: {{ join "," . | quote }} }
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
