#!/bin/sh
# Keeps what @tool@ reads of clusters in folders, for `mesh-preflight check DIRECTORY`:
#
#     sh mesh-snapshot.sh DIRECTORY [NAME=]CONTEXT...
#
# CONTEXT is a context of your kubeconfig; `NAME=` without one is the cluster that kubectl reaches by itself. Each cluster gets a folder
# DIRECTORY/NAME. A snapshot that lies there is replaced, anything else is left alone.
#
# What it needs: kubectl (or the program that KUBECTL names), awk, sed, base64, and one of sha256sum, shasum and openssl.
#
# What it asks the clusters, and nothing else: `kubectl get` of the kinds at the end of this script, all objects of each; of ConfigMaps
# and Secrets only those that are named there or that RemoteClusterConfigurations and calico-node refer to. The other calls of kubectl
# speak to no server: `config view` tells the address of the cluster, and `label --local` prints what it is given, because kubectl has
# no other way to read YAML and JSON that it did not get from a server.
#
# What it writes: the fields that the templates name. A credential is told by its SHA-256, by the claims of a token, and by whether it is
# well-formed: see the functions `token` and `kubeconfig`. Values of Secrets pass from program to program; they are never written to a
# file and never an argument of a program.

# Templates of Go begin their variables with a dollar sign, too.
# shellcheck disable=SC2016

set -u
set +x
umask 077
LC_ALL=C
export LC_ALL

kubectl=${KUBECTL:-kubectl}

say() { printf 'mesh-snapshot: %s\n' "$*" >&2; }

# Prints the usage, or what is wrong, and ends.
refuse() {
  say "$1"
  exit 2
}

# ---- Templates that kubectl fills ----

# A text in quotes; any value as JSON, or nearly so: YAML takes what Go's quotes and commas make of it.
values='{{define "value"}}{{$type := printf "%T" .}}{{if eq $type "string"}}{{printf "%q" .}}
{{- else if eq $type "map[string]interface {}"}}{ {{- range $key, $value := .}}{{printf "%q" $key}}: {{template "value" $value}}, {{end -}} }
{{- else if eq $type "[]interface {}"}}[{{range .}}{{template "value" .}}, {{end}}]
{{- else if eq $type "<nil>"}}null{{else}}{{.}}{{end}}{{end}}'

# What is kept of every object: names, labels, owners, and of the annotations those that are read. Others may hold a copy of the object
# with all its secrets.
metadata='{{define "head"}}- apiVersion: {{template "value" .apiVersion}}
  kind: {{template "value" .kind}}
  metadata:{{range $key, $value := .metadata}}
{{- if eq $key "name" "namespace" "uid" "creationTimestamp" "deletionTimestamp" "labels" "ownerReferences"}}
    {{$key}}: {{template "value" $value}}{{end}}{{end}}
    annotations:{{range $key, $value := .metadata.annotations}}
{{- if or (eq $key@annotations@)@prefixes@}}
      {{printf "%q" $key}}: {{template "value" $value}}
{{- else if eq $key "projectcalico.org/metadata"}}
@stash {{printf "%q" $value}}{{end}}{{end}}
{{end}}'

# What calico-node is told. The values of variables that are none of its settings may be credentials.
daemonsets='{{range .items}}{{template "head" .}}  spec:
    template:
      spec:
        containers:
{{- $namespace := .metadata.namespace}}{{range .spec.template.spec.containers}}
        - name: {{template "value" .name}}
          image: {{template "value" .image}}
          env:{{range .env}}
          - name: {{template "value" .name}}
{{- if .value}}
            value: {{if eq .name@variables@}}{{template "value" .value}}{{else if eq (printf "%.6s" .name) "FELIX_" "felix_" "Felix_"}}{{if eq (slice .name 6)@felix@}}{{template "value" .value}}{{else}}"!not-kept"{{end}}{{else}}"!not-kept"{{end}}{{end}}
{{- with .valueFrom}}
            valueFrom: { {{- range $key, $value := .}}{{if eq $key "configMapKeyRef" "secretKeyRef"}}{{$key}}: {{template "value" $value}}, {{end}}{{end -}} }
{{- with .configMapKeyRef}}
#configmap {{$namespace}} {{.name}}{{end}}{{with .secretKeyRef}}
#secret {{$namespace}} {{.name}}{{end}}{{end}}{{end}}
          envFrom:{{range .envFrom}}
          - {{template "value" .}}
{{- with .configMapRef}}
#configmap {{$namespace}} {{.name}}{{end}}{{with .secretRef}}
#secret {{$namespace}} {{.name}}{{end}}{{end}}{{end}}
{{end}}'

# How a cluster reaches another. Fields that hold credentials are there, but not told.
remoteclusterconfigurations='{{range .items}}{{template "head" .}}{{$name := .metadata.name}}
{{- with .spec}}{{if or .k8sAPIEndpoint@secrets@}}      "mesh-preflight/reduced": "true"
{{end}}{{end}}  spec:
{{- range $key, $value := .spec}}
{{- if eq $key "kubeconfigInline" "k8sAPIToken" "k8sAPIEndpoint"}}
@inline {{$name}} {{$key}}
{{- else if eq $key@remote@}}
    {{$key}}: {{template "value" $value}}
{{- else if eq (printf "%T" $value) "string" "bool"}}
    {{printf "%q" $key}}: {{if $value}}"reduced"{{else}}{{template "value" $value}}{{end}}{{end}}{{end}}
{{- with .spec}}{{with .clusterAccessSecret}}
#secret {{.namespace}} {{.name}}{{end}}{{end}}
{{end}}'

# Whether a block of addresses is free; which of them are taken changes by the minute.
ipamblocks='{{range .items}}{{template "head" .}}  spec:
{{- range $key, $value := .spec}}{{if eq $key "cidr" "affinity" "deleted"}}
    {{$key}}: {{template "value" $value}}{{end}}{{end}}
{{- $free := true}}{{range .spec.allocations}}{{if ne (printf "%T" .) "<nil>"}}{{$free = false}}{{end}}{{end}}{{if $free}}
    allocations: []{{end}}
{{end}}'

# Which kinds Calico has, in either of its API groups.
customresourcedefinitions='{{range .items}}{{if eq .spec.group "projectcalico.org" "crd.projectcalico.org" "migration.projectcalico.org"}}{{template "head" .}}{{end}}{{end}}'

secret='{{template "head" .}}      "mesh-preflight/reduced": "true"
  type: {{template "value" .type}}
  data:{{range $key, $value := .data}}
@secret {{$.metadata.namespace}} {{$.metadata.name}} {{$key}}{{end}}
'

config_map='{{template "head" .}}  data:{{range $key, $value := .data}}
{{- if eq $key "ca.crt" "kubeconfig" "ClusterConfiguration"}}
@configmap {{$.metadata.namespace}} {{$.metadata.name}} {{$key}}
{{- else if or (eq (printf "%.4s" $key) "jws-") (gt (len $value) 256)}}
    {{printf "%q" $key}}: "!not-kept"
{{- else}}
    {{printf "%q" $key}}: {{template "value" $value}}{{end}}{{end}}
'

# ---- What is told of credentials: standard input is the value, standard output what may be written ----

sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum
  elif command -v shasum >/dev/null; then
    shasum -a 256
  else
    openssl dgst -sha256 -r
  fi | awk '{ print $1 }'
}

# The bytes of a text in base64; what is none gives no bytes, or some of them.
decode() { base64 "$decode" 2>/dev/null; }
decode=-d
if [ "$(printf 'eA==' | decode)" != x ]; then decode=-D; fi

newline='
'

# A text as YAML in double quotes.
quote() {
  text=$(cat && printf .)
  text=${text%.} end=''
  case $text in *"$newline") text=${text%"$newline"} end='\n' ;; esac
  text=$(printf '%s\n' "$text" | sed -e 's/[\\"]/\\&/g' | awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }')
  printf '"%s%s"\n' "$text" "$end"
}

# Reads YAML or JSON and prints it by a template, as `.value`. No server is spoken to.
parse() {
  {
    printf 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\nvalue:\n'
    sed -e '/^---[[:space:]]*$/d' -e '/^[.][.][.][[:space:]]*$/d' -e 's/^/  /'
  } | "$kubectl" label --local --filename=- x=x --output="go-template=$values$1" 2>/dev/null
}

# The certificates of a PEM text, which are public, and nothing of what else it holds.
certificates() {
  awk '{ gsub(/-----(BEGIN|END) CERTIFICATE-----/, "\n&\n"); print }' | awk '
    /-----BEGIN CERTIFICATE-----/ { block = $0 "\n"; inside = 1; next }
    /-----END CERTIFICATE-----/ { if (inside) printf "%s%s\n", block, $0; inside = 0; next }
    inside && /^[A-Za-z0-9+\/=[:space:]]+$/ { block = block $0 "\n"; next }
    inside && !/^$/ { inside = 0 }'
}

# A value that can be nothing but a setting of calico-node: a boolean, a small number, a word of an enumeration.
setting() {
  if [ "${1#*"$newline"}" = "$1" ] && printf '%s\n' "$1" |
    grep -Eiq -e '^[+-]?([0-9]{0,8}|0x[0-9a-f]{1,8})$' -e '^(true|false|yes|no|y|n|t|f|none|calicoipam|workloadips|enabled|disabled)$'; then
    printf '%s' "$1"
  else
    printf '!not-kept'
  fi
}

# Is this the text of a template, rather than a value?
is_placeholder() {
  printf '%s\n' "$1" | grep -Eq -e "[<>$]|[{][{]|[.][.][.]|$(printf '\342\200\246')|%[A-Z_]+%" \
    -e '(^|[^A-Za-z0-9])(YOUR|MY)[-_ ][A-Z]' ||
    printf '%s\n' "$1" | grep -Eiq -e 'REPLACE[-_ ]?(ME|WITH|THIS)|CHANGE[-_ ]?ME|DATA[+]OMITTED' \
      -e '^[[:space:]]*(REDACTED|PLACEHOLDER|TODO|FIXME|TBD|XXX+|[*]+)[[:space:]]*$'
}

# What the payload of a token claims, as a query string. Fails for anything but a token.
claims() {
  case $1 in
  *[!A-Za-z0-9_.-]* | *.*.*.*) return 1 ;;
  *.?*.*) payload=${1#*.} payload=${payload%.*} ;;
  *) return 1 ;;
  esac
  case $((${#payload} % 4)) in
  2) payload=$payload== ;;
  3) payload=$payload= ;;
  esac
  printf '%s' "$payload" | tr '_-' '/+' | decode | parse '{{define "text"}}{{if eq (printf "%T" .) "string"}}{{urlquery .}}{{end}}{{end}}
{{- with .value}}{{if eq (printf "%T" .) "map[string]interface {}"}}a token
issuer={{template "text" index . "iss"}}
namespace={{template "text" index . "kubernetes.io/serviceaccount/namespace"}}
serviceAccount={{template "text" index . "kubernetes.io/serviceaccount/service-account.name"}}
uid={{template "text" index . "kubernetes.io/serviceaccount/service-account.uid"}}
secret={{template "text" index . "kubernetes.io/serviceaccount/secret.name"}}
{{with index . "kubernetes.io"}}namespace={{template "text" .namespace}}
{{with .serviceaccount}}serviceAccount={{template "text" .name}}
uid={{template "text" .uid}}
{{end}}{{with .secret}}secret={{template "text" .name}}
{{end}}{{end}}subject={{template "text" .sub}}
expires={{.exp}}
{{end}}{{end}}' | awk '
    $0 == "a token" { is = 1; next }
    { at = index($0, "="); key = substr($0, 1, at - 1); value = substr($0, at + 1) }
    at > 0 && value != "" && !(key in told) { told[key] = value }
    END {
      if (!is) exit 1
      if (split(told["subject"], part, "%3A") == 4 && part[1] "/" part[2] == "system/serviceaccount") {
        if (!("namespace" in told)) told["namespace"] = part[3]
        if (!("serviceAccount" in told)) told["serviceAccount"] = part[4]
      }
      if (told["expires"] ~ /^[0-9.]+(e[+]?[0-9]+)?$/) told["expires"] = sprintf("%.0f", told["expires"] * 1000)
      else told["expires"] = ""
      count = split("issuer namespace serviceAccount uid secret expires", keys, " ")
      for (i = 1; i <= count; i++) if (told[keys[i]] != "") { printf "%s%s=%s", separator, keys[i], told[keys[i]]; separator = "&" }
    }'
}

# A token as its fingerprint and claims.
mark() {
  printf 'sha256:%s' "$(printf '%s' "$1" | sha256)"
  if claimed=$(claims "$1"); then printf '?%s' "$claimed"; fi
}

# The token of a kubeconfig, and what is wrong with it. The text is as Go quotes it, without the quotes.
token() {
  text=$1 fault=''
  while :; do
    case $text in
    *'\n' | *'\r' | *'\t') text=${text%??} fault='!bad-token' ;;
    *' ') text=${text% } fault='!bad-token' ;;
    '\n'* | '\r'* | '\t'*) text=${text#??} fault='!bad-token' ;;
    ' '*) text=${text# } fault='!bad-token' ;;
    *) break ;;
    esac
  done
  [ -n "$text" ] || return 0
  if ! claims "$text" >/dev/null; then
    inner=$(printf '%s' "$text" | decode | tr -d '\000')
    if claims "$inner" >/dev/null; then
      text=$inner fault='!encoded-token'
    elif is_placeholder "$text"; then
      printf '!placeholder'
      return
    fi
  fi
  text=$(printf '%b' "$(printf '%s' "$text" | sed -e 's/\\"/"/g')")
  case $text in *[[:cntrl:][:space:]]*) fault='!bad-token' ;; esac
  printf '%s%s' "$(mark "$text")" "$fault"
}

# The address of a server, without user, query and fragment. Whatever else stands there may be a credential.
server() {
  if [ -z "$1" ]; then return; fi
  if is_placeholder "$1"; then
    printf '!placeholder'
  elif printf '%s\n' "$1" | grep -Eq '^([Hh][Tt][Tt][Pp][Ss]?://([^/@[:space:]]*@)?)?([A-Za-z0-9._-]{1,253}|[[][0-9A-Fa-f:.]+[]])(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?([?#].*)?$'; then
    printf '%s' "$1" | sed -e 's,^\([A-Za-z]*://\)[^/@]*@,\1,' -e 's,[?#].*$,,'
  else
    printf '!bad-server'
  fi
}

authority() {
  found=$(printf '%s' "$1" | decode | certificates)
  if [ -n "$found" ]; then
    printf '%s\n' "$found" | base64 | tr -d '\n'
  elif is_placeholder "$1" || is_placeholder "$(printf '%s' "$1" | decode | tr -d '\000')"; then
    printf '!placeholder'
  else
    printf '!bad-ca'
  fi
}

# Do a client certificate and its key look like a pair?
pair() {
  if printf '%s' "$1" | decode | grep -q -e '-----BEGIN CERTIFICATE-----' &&
    printf '%s' "$2" | decode | grep -Eq -e '-----BEGIN [A-Z ]*PRIVATE KEY-----'; then
    printf 'reduced'
  else
    printf '!bad-client-certificate'
  fi
}

# A kubeconfig: where it leads, whom it trusts, and what its credentials look like; or what is wrong with it.
kubeconfig() {
  config=$(sed -e "1s/^$(printf '\357\273\277')//")
  flat=$(printf '%s' "$config" | tr -d ' \t\r\n')
  case $flat in
  '')
    printf '!empty-value'
    return
    ;;
  *[!A-Za-z0-9+/=]*) ;;
  *)
    if [ ${#flat} -ge 16 ] && printf '%s' "$flat" | decode | tr -d '\000' |
      grep -Eq '^[[:space:]]*([{]|(-[[:space:]]+)?.?(apiVersion|kind|clusters|contexts|users|current-context).?[[:space:]]*:)'; then
      printf '!double-encoded'
      return
    fi
    ;;
  esac
  if ! type=$(printf '%s\n' "$config" | parse '{{printf "%T" .value}}'); then
    printf '!not-yaml'
    return
  fi
  lines=''
  if [ "$type" = 'map[string]interface {}' ]; then
    lines=$(printf '%s\n' "$config" | parse '{{define "text"}}{{if eq (printf "%T" .) "string"}}{{printf "%q" .}}{{else if .}}
@other
{{else}}""{{end}}{{end}}
{{- with .value}}
{{- if .kind}}{{if ne .kind "Config"}}@other
{{end}}{{end}}{{if .apiVersion}}{{if ne .apiVersion "v1"}}@other
{{end}}{{end}}
{{- range $key, $value := .}}{{if eq $key "clusters" "contexts" "users"}}@list
{{end}}{{end}}{"apiVersion": "v1", "kind": "Config", "current-context": {{template "text" index . "current-context"}},
"clusters": [
{{range .clusters}}{"name": {{template "text" .name}}, "cluster": {
{{if not .cluster}}"server": "",
{{else if not .cluster.server}}"server": "",
{{end}}{{range $key, $value := .cluster}}{{if eq $key "server" "certificate-authority-data" "certificate-authority" "proxy-url" "tls-server-name"}}{{if $value}}@{{$key}} {{template "value" $value}}
{{end}}{{else if eq $key "insecure-skip-tls-verify"}}"insecure-skip-tls-verify": {{template "value" $value}},
{{end}}{{end}}}},
{{end}}],
"contexts": [
{{range .contexts}}{"name": {{template "text" .name}}, "context": { {{- with .context}}"cluster": {{template "text" .cluster}}, "user": {{template "text" .user}}{{end -}} }},
{{end}}],
"users": [
{{range .users}}{"name": {{template "text" .name}}, "user": {
{{range $key, $value := .user}}{{if eq $key "token" "tokenFile" "client-certificate" "client-key" "client-certificate-data" "client-key-data"}}{{if $value}}@{{$key}} {{template "value" $value}}
{{end}}{{else if eq $key "exec" "auth-provider"}}{{if $value}}"{{$key}}": {},
{{end}}{{end}}{{end}}@user
}},
{{end}}]}
{{end}}') || lines=''
  fi
  if lines=$(printf '%s\n' "$lines" | connection); then printf '%s\n' "$lines"; else printf '!not-a-kubeconfig'; fi
}

# Puts what may be told in the place of the lines that begin with @. Fails for what is no kubeconfig.
connection() {
  lists=0 certificate='' key=''
  while IFS= read -r line; do
    field=${line%% *} value=${line#* }
    case $line in
    @other) return 1 ;;
    @list)
      lists=1
      continue
      ;;
    @user)
      [ -z "$certificate$key" ] || printf '"client-certificate-data": "%s",\n' "$(pair "$certificate" "$key")"
      certificate='' key=''
      continue
      ;;
    @*) ;;
    *)
      printf '%s\n' "$line"
      continue
      ;;
    esac
    case $value in
    '"'*'"') value=${value#?} value=${value%?} ;;
    *) return 1 ;;
    esac
    case $field in
    @server) printf '"server": "%s",\n' "$(server "$value")" ;;
    @certificate-authority-data) printf '"certificate-authority-data": "%s",\n' "$(authority "$(unwrapped "$value")")" ;;
    @tls-server-name) printf '"tls-server-name": "%s",\n' "$value" ;;
    @token) printf '"token": "%s",\n' "$(token "$value")" ;;
    @client-certificate-data) certificate=$(unwrapped "$value") ;;
    @client-key-data) key=$(unwrapped "$value") ;;
    *) printf '"%s": "reduced",\n' "${field#@}" ;;
    esac
  done
  [ $lists = 1 ]
}

# Base64 that Go has quoted, without its line breaks.
unwrapped() { printf '%s' "$1" | sed -e 's/\\[rn]//g' -e 's/^ *//' -e 's/ *$//'; }

# Of kubeadm's configuration of the cluster: where its API server is, and its ranges.
kubeadm() {
  parse '{"controlPlaneEndpoint": {{template "value" .value.controlPlaneEndpoint}}, {{with .value.networking}}"networking": {"podSubnet": {{template "value" .podSubnet}}, "serviceSubnet": {{template "value" .serviceSubnet}} }{{end}} }'
}

# The user's metadata of an object of Calico's older API, which an annotation holds as JSON, quoted.
stash() {
  case $1 in
  *'\"annotations\":{'*)
    printf 'stash: %s\n' "$1" | parse '{{.value.stash}}' | parse '{"labels": { {{- $comma := ""}}{{range $key, $value := .value.labels}}
{{- $comma}}{{printf "%q" $key}}: {{printf "%q" $value}}{{$comma = ", "}}{{end}}}, "annotations": { {{- $comma = ""}}{{range $key, $value := .value.annotations}}
{{- if or (eq $key@annotations@)@prefixes@}}
{{- $comma}}{{printf "%q" $key}}: {{printf "%q" $value}}{{$comma = ", "}}{{end}}{{end}}}, "creationTimestamp": {{template "value" .value.creationTimestamp}}}' | quote
    ;;
  *) printf '%s\n' "$1" ;;
  esac
}

# ---- Asking ----

# The cluster that is being read; empty where kubectl is to choose.
context=''
run() {
  if [ -n "$context" ]; then set -- --context="$context" "$@"; fi
  "$kubectl" "$@" --request-timeout=60s
}

# ask FILE TEMPLATE ARGUMENT...: puts what `kubectl get` prints into the file, and says in $state and $why what became of it. Only what may
# be told gets there.
ask() {
  file=$1 template=$2
  shift 2
  why=''
  error=$({ { run get "$@" --output="go-template=$values$metadata$template" 2>&3 || echo '#failed'; } | fill >"$file"; } 3>&1)
  if ! grep -q '^#failed' "$file"; then
    state='read'
    return
  fi
  : >"$file"
  case $error in
  *"resource list for ${1#*.}/"*)
    state=failed
    why='its API does not answer'
    ;;
  *"doesn't have a resource type"* | *'could not find the requested resource'*) state=absent ;;
  *orbidden*)
    state=forbidden
    refusal='User "[^" ]*" cannot [a-z]* resource "[a-z.]*" in API group "[a-z0-9.]*"'
    why=$(printf '%s\n' "$error" | sed -n -e "s/.*\\($refusal at the cluster scope\\).*/\\1/p" -e "s/.*\\($refusal in the namespace \"[a-z0-9-]*\"\\).*/\\1/p")
    ;;
  *)
    state=failed
    case $error in
    *nauthorized* | *'must be logged in'*) why='the server does not accept the credentials' ;;
    *'nable to connect'* | *'was refused'* | *'no such host'* | *'timeout'* | *'deadline'*) why='the server cannot be reached' ;;
    *) why='kubectl could not read it' ;;
    esac
    say "$cluster: $error"
    ;;
  esac
}

# The value of a ConfigMap's or Secret's key, for the next program alone.
value_of() {
  reader=''
  if [ "$1" = secret ]; then reader=base64decode; fi
  run get "$1" "$3" --namespace="$2" --output="go-template={{$reader (index .data \"$4\")}}" 2>/dev/null
}

# The value of a field of a RemoteClusterConfiguration, for the next program alone.
inline() {
  run get "$remote_resource" --output="go-template={{range .items}}{{if eq .metadata.name \"$1\"}}{{.spec.$2}}{{end}}{{end}}" 2>/dev/null
}

# Puts what may be told in the place of the lines that begin with @.
fill() {
  while IFS= read -r line; do
    case $line in
    '@stash '*) printf '      "projectcalico.org/metadata": %s\n' "$(stash "${line#@stash }")" ;;
    @*) printf '%s\n' "$line" | told ;;
    '') ;;
    *) printf '%s\n' "$line" ;;
    esac
  done
}

# What is told of the value that one of these lines names. What cannot be read makes the whole answer a failure.
told() {
  read -r from first second third
  case $from in
  @inline) value=$(inline "$first" "$second" && printf .) ;;
  *) value=$(value_of "${from#@}" "$first" "$second" "$third" && printf .) ;;
  esac || {
    echo '#failed'
    return
  }
  value=${value%.}
  case $from in
  @inline) printf '    %s: ' "$second" ;;
  *) printf '    "%s": ' "$third" ;;
  esac
  case "$from $second $third" in
  '@inline k8sAPIToken '*) mark "$value" ;;
  '@inline k8sAPIEndpoint '*) server "$value" ;;
  '@inline kubeconfigInline '* | *' kubeconfig') printf '%s' "$value" | kubeconfig ;;
  *' ca.crt') printf '%s' "$value" | certificates ;;
  '@configmap '*) printf '%s' "$value" | kubeadm ;;
  '@secret '*' token') minted "$(printf '%s' "$value")" ;;
  '@secret '*' datastoreType') printf '%.64s' "$value" ;;
  *) setting "$value" ;;
  esac | quote
}

# A token as it stands in the Secret that it was minted into.
minted() { [ -z "$1" ] || mark "$1"; }

# ---- Keeping ----

# keep NAME FILE: appends the objects in a file to what will be NAME.yaml, without texts that hold a name and a password in a URL.
keep() { sed -e '/^#/d' -e 's|"[^"\\]*\(\\.[^"\\]*\)*://[^"/ ]*@[^"\\]*\(\\.[^"\\]*\)*"|"!not-kept"|g' "$2" >>"$folder/.$1.items.$$"; }

# note RESOURCE STATE WHY MORE: says in the manifest what became of a question.
note() {
  printf -- '- {resource: %s, state: %s%s%s}\n' "$1" "$2" "${3:+, why: $(printf '%s' "$3" | quote)}" "${4:+, $4}" >>"$folder/.entries.$$"
}

# list NAME TEMPLATE RESOURCE...: keeps a kind from the first of these API groups that serves it and lets us read it.
list() {
  name=$1 kind_template=$2
  shift 2
  worst='' worst_why='' worst_resource=$name
  for resource in "$@"; do
    : >"$folder/.all.$$"
    # All DaemonSets of a cluster may be many; a list of one name may be granted by that name.
    selectors='-'
    if [ "$name" = daemonsets ]; then selectors='@daemonSets@'; fi
    for selector in $selectors; do
      if [ "$selector" = - ]; then set --; else set -- --field-selector="metadata.name=$selector"; fi
      if [ "$name" = remoteclusterconfigurations ]; then remote_resource=$resource; fi
      ask "$folder/.part.$$" "$kind_template" "$resource" --all-namespaces "$@"
      [ "$state" = read ] || break
      cat "$folder/.part.$$" >>"$folder/.all.$$"
    done
    if [ "$state" = read ]; then
      sed -n -e 's/^#//p' "$folder/.all.$$" >>"$folder/.references.$$"
      keep "$name" "$folder/.all.$$"
      note "$resource" read '' "objects: $(grep -c '^- ' "$folder/.all.$$")"
      return
    fi
    if [ "$state" != absent ] && [ -z "$worst" ]; then worst=$state worst_why=$why worst_resource=$resource; fi
  done
  note "$worst_resource" "${worst:-absent}" "$worst_why"
  if [ -n "$worst" ]; then say "$cluster: $name could not be read: ${worst_why:-$worst}"; fi
}

# named KIND NAME TEMPLATE: keeps single objects, of which standard input holds namespace and name.
named() {
  names=''
  while read -r namespace object; do
    ask "$folder/.part.$$" "$3" "$1" "$object" --namespace="$namespace" --ignore-not-found
    if [ "$state" = read ] && [ ! -s "$folder/.part.$$" ]; then state=absent; fi
    keep "$2" "$folder/.part.$$"
    names="$names${names:+, }\"$namespace/$object\": {state: $state${why:+, why: $(printf '%s' "$why" | quote)}}"
    case $state in forbidden | failed) say "$cluster: $1 $namespace/$object could not be read: ${why:-$state}" ;; esac
  done
  note "$2" read '' "names: {$names}"
}

# references KIND NAMESPACE/NAME...: namespace and name of what is given and of what objects refer to, each once.
references() {
  kind=$1
  shift
  {
    for each in "$@"; do printf '%s\n' "$each" | tr '/' ' '; done
    sed -n -e "s/^$kind //p" "$folder/.references.$$"
  } | awk 'NF == 2 && $0 !~ /<no value>/' | sort -u
}

@kinds@

snapshot() {
  cluster=$1 context=$2 folder=$directory/$1
  case $cluster in
  '' | .* | */* | *\\*) refuse "$cluster cannot be the name of a folder; name the cluster otherwise: NAME=CONTEXT" ;;
  esac
  mkdir -p "$folder" || exit 2
  if [ ! -e "$folder/manifest.yaml" ] && [ -n "$(ls "$folder")" ]; then
    refuse "$folder holds something else than a snapshot; give another directory"
  fi
  address=$(run config view --minify --output='jsonpath={.clusters[0].cluster.server}' 2>/dev/null)
  address=$(server "$address")
  taken=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  : >"$folder/.entries.$$"
  : >"$folder/.references.$$"
  read_kinds
  {
    printf 'apiVersion: mesh-preflight/v1\nkind: Snapshot\nmetadata:\n  name: %s\nresources:\n' "$(printf '%s' "$cluster" | quote)"
    sort "$folder/.entries.$$"
    case $address in '' | !*) address=null ;; *) address=$(printf '%s' "$address" | quote) ;; esac
    printf 'server: %s\ntaken: "%s"\ntool: @tool@, script\n' "$address" "$taken"
  } >"$folder/.manifest.$$"
  for name in $known; do
    if [ -s "$folder/.$name.items.$$" ]; then
      {
        printf 'apiVersion: v1\nitems:\n'
        cat "$folder/.$name.items.$$"
        printf 'kind: List\nmetadata: {}\n'
      } >"$folder/.$name.yaml.$$"
      mv "$folder/.$name.yaml.$$" "$folder/$name.yaml"
    else
      rm -f "$folder/$name.yaml"
    fi
  done
  mv "$folder/.manifest.$$" "$folder/manifest.yaml"
  tidy
  say "wrote $folder"
}

# Takes away what is not finished.
tidy() {
  if [ -n "${folder:-}" ]; then rm -f "$folder"/.*."$$"; fi
}
trap tidy EXIT
trap 'exit 130' INT TERM

[ $# -ge 2 ] || refuse 'usage: sh mesh-snapshot.sh DIRECTORY [NAME=]CONTEXT...'
command -v "$kubectl" >/dev/null || refuse "$kubectl is not there; KUBECTL names another program"
# What these programs cannot do would look like a fault of the clusters.
[ "$(printf 'a: [eA==]\n' | parse '{{index .value.a 0 | base64decode}}')" = x ] || refuse "$kubectl cannot read YAML by label --local; take a newer one"
[ "$(printf 'eA==' | decode | sha256)" = 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881 ] ||
  refuse 'base64, or all of sha256sum, shasum and openssl, are missing'
directory=$1
shift
for given in "$@"; do
  case $given in
  *=*) snapshot "${given%%=*}" "${given#*=}" ;;
  *) snapshot "$given" "$given" ;;
  esac
done
