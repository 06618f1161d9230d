#!/usr/bin/env bash
# What action.yml runs: installs the version that is asked for, checks, and hands on what the next steps need. Ends as the program does.
set -euo pipefail

fail() {
  echo "mesh-preflight: $1" >&2
  exit 2
}

# One word a line; empty lines are none.
words=()
split() {
  local line
  words=()
  while IFS= read -r line; do
    line=${line%$'\r'}
    [[ -z $line ]] || words+=("$line")
  done <<<"$1"
}

[[ $MESH_PREFLIGHT_VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] ||
  fail 'version takes an exact version, such as 0.1.0'
split "$MESH_PREFLIGHT_PATHS"
paths=(${words[@]+"${words[@]}"})
split "$MESH_PREFLIGHT_OPTIONS"
options=(${words[@]+"${words[@]}"} -o table)

work=$(mktemp -d "${RUNNER_TEMP:?}/mesh-preflight.XXXXXX")
sarif=$work/mesh-preflight.sarif
summary=$work/summary.md
if [[ $MESH_PREFLIGHT_SARIF == true ]]; then
  options+=(-o "sarif=$sarif" --sarif-category "$MESH_PREFLIGHT_CATEGORY")
fi
if [[ $MESH_PREFLIGHT_SUMMARY == true ]]; then options+=(-o "markdown=$summary"); fi

# Beside the checkout, whose settings of npm have no say in what is run.
(cd "$work" && npm install --prefix "$work" --no-audit --no-fund --no-save --ignore-scripts --loglevel=error \
  "mesh-preflight@$MESH_PREFLIGHT_VERSION" >&2)

code=0
"$work/node_modules/.bin/mesh-preflight" check "${options[@]}" -- ${paths[@]+"${paths[@]}"} || code=$?

if [[ -s $summary ]]; then cat "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
{
  echo "exit-code=$code"
  if [[ -s $sarif ]]; then echo "sarif-file=$sarif"; fi
} >>"$GITHUB_OUTPUT"
exit "$code"
