#!/usr/bin/env bash
# Scans as the inputs of the action say, writes every report, and tells the next steps what came of it.
# Findings do not end it: what ends the job is the gate, after all reports are out.
set -uo pipefail

python="$RUNNER_TEMP/hubscan/bin/python"
[ -x "$python" ] || python="$RUNNER_TEMP/hubscan/Scripts/python.exe"
reports="$RUNNER_TEMP/hubscan-reports"
rm -rf "$reports"
mkdir -p "$reports"

arguments=()
# Adds an option for each line of a value: add OPTION VALUE
add() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line="${line%$'\r'}"
    [ -z "${line//[[:space:]]/}" ] || arguments+=("$1=$line")
  done <<<"${2:-}"
}

output() {
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

add --policies "${POLICIES:-}"
add --config "${CONFIG:-}"
add --baseline "${BASELINE:-}"
add --history "${HISTORY:-}"
add --fail-on "${FAIL_ON:-}"

paths=()
if [ "${MODE:-iac}" = live ]; then
  if [ "${SUBSCRIPTIONS:-}" = all ]; then
    arguments+=(--all-subscriptions)
  else
    add --subscription "${SUBSCRIPTIONS:-}"
  fi
  add --management-group "${MANAGEMENT_GROUPS:-}"
  add --shard "${SHARD:-}"
  add --tenant "${TENANT_ID:-}"
  if [ -n "${CLIENT_ID:-}" ]; then
    arguments+=(--credential=github-oidc)
    export AZURE_CLIENT_ID="$CLIENT_ID" AZURE_TENANT_ID="${TENANT_ID:-}"
  fi
  arguments+=("--save-snapshot=$reports/snapshot.jsonl.gz" --no-progress)
else
  while IFS= read -r line || [ -n "$line" ]; do
    line="${line%$'\r'}"
    [ -z "${line//[[:space:]]/}" ] || paths+=("$line")
  done <<<"${SCAN_PATH:-}"
  [ "${#paths[@]}" -gt 0 ] || paths=(.)
  arguments+=(--allow-empty)
  # A pull request is judged by what it changes, and by the rules of the branch that it wants into.
  if [[ "${EVENT:-}" == pull_request* ]] && [ -n "${BASE_SHA:-}" ]; then
    base="$BASE_SHA"
    # The checkout of a pull request is its merge: what that was merged into may be newer than its base.
    if git rev-parse --quiet --verify 'HEAD^2^{commit}' >/dev/null 2>&1; then base='HEAD^1'; fi
    : "${AGAINST:=$base}" "${POLICY_REF:=$base}"
  fi
  [ "${AGAINST:-none}" = none ] || arguments+=("--against=$AGAINST")
  [ "${POLICY_REF:-none}" = none ] || arguments+=("--policy-ref=$POLICY_REF")
fi

while IFS= read -r line || [ -n "$line" ]; do
  line="${line%$'\r'}"
  [ -z "${line//[[:space:]]/}" ] || arguments+=("$line")
done <<<"${EXTRA_ARGS:-}"

sarif="$reports/hubscan.sarif" json="$reports/hubscan.json" markdown="$reports/hubscan.md" html=""
arguments+=("--output=sarif=$sarif" "--output=json=$json" "--output=markdown=$markdown")
if [ "${REPORT_HTML:-true}" = true ]; then
  html="$reports/hubscan.html"
  arguments+=("--output=html=$html")
fi
if [ "${ANNOTATIONS:-true}" = true ]; then
  arguments+=(--output=github)
else
  arguments+=(--output=text)
fi

"$python" -m scanner scan "${arguments[@]}" -- ${paths[@]+"${paths[@]}"}
code=$?

output exit-code "$code"
output sarif-file "$sarif"
output json-file "$json"
output markdown-file "$markdown"
output html-file "$html"

conclusion=success
case "$code" in
  0) ;;
  3) [ "${FAIL_ON_INCOMPLETE:-true}" != true ] || conclusion=failure ;;
  *) conclusion=failure ;;
esac
output conclusion "$conclusion"

if [ ! -s "$json" ]; then
  # Nothing was judged: standard error says why, and there is no report to show.
  output coverage partial
  output upload false
  exit 0
fi

read -r complete total critical high medium low unknown exempt < <("$python" - "$json" <<'PY'
import json, sys

with open(sys.argv[1], encoding="utf-8") as file:
    result = json.load(file)
counts, severities = result["summary"]["verdicts"], result["summary"]["severities"]
names = ("critical", "high", "medium", "low")
print(
    str(result["complete"]).lower(),
    counts["fail"],
    *(severities[name] for name in names),
    counts["unknown"],
    counts["exempt"],
)
PY
)
output findings-total "$total"
output findings-critical "$critical"
output findings-high "$high"
output findings-medium "$medium"
output findings-low "$low"
output unknown "$unknown"
output exempted "$exempt"
if [ "$complete" = true ]; then output coverage complete; else output coverage partial; fi

if [ "${SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  cat "$markdown" >>"$GITHUB_STEP_SUMMARY"
fi

# An upload closes the alerts that it lacks, so what was not read whole is not uploaded.  The token of a
# fork's pull request may not upload.
upload=true
if [ "${UPLOAD_SARIF:-auto}" = false ] || [ "$complete" != true ]; then
  upload=false
elif [ "${UPLOAD_SARIF:-auto}" = auto ] && [[ "${EVENT:-}" == pull_request* ]] \
  && [ "${HEAD_REPOSITORY:-}" != "${REPOSITORY:-}" ]; then
  upload=false
fi
output upload "$upload"
