{{- define "aideator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "aideator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "aideator.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "aideator.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "aideator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "aideator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "aideator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "aideator.selectorLabels" . }}
{{- end }}

{{- define "aideator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "aideator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* The secret that holds the access token: an existing one, or the chart's own. */}}
{{- define "aideator.accessTokenSecret" -}}
{{- if .Values.accessToken.existingSecret }}
{{- .Values.accessToken.existingSecret }}
{{- else }}
{{- printf "%s-access" (include "aideator.fullname" .) }}
{{- end }}
{{- end }}

{{- define "aideator.agentsNamespace" -}}
{{- default .Release.Namespace .Values.agents.namespace }}
{{- end }}

{{- define "aideator.gatewayUrl" -}}
{{- $scheme := ternary "https" "http" (ne .Values.gateway.tls.existingSecret "") }}
{{- default (printf "%s://%s-gateway.%s:%v" $scheme (include "aideator.fullname" .) .Release.Namespace .Values.gateway.port) .Values.gateway.url }}
{{- end }}

{{- define "aideator.publicUrl" -}}
{{- if .Values.publicUrl }}
{{- .Values.publicUrl }}
{{- else if and .Values.ingress.enabled .Values.ingress.host }}
{{- printf "%s://%s" (ternary "https" "http" (ne .Values.ingress.tlsSecret "")) .Values.ingress.host }}
{{- end }}
{{- end }}

{{/* Labels of the pods that this server makes: see APP_LABEL in the program. */}}
{{- define "aideator.agentLabels" -}}
app: aideator-agent
{{- end }}
