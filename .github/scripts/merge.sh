#!/usr/bin/env bash
# Puts the results in shards/ together, records them in the history, and writes all reports to reports/.
# In: FAIL_ON, RUNNER_TEMP, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY.
set -uo pipefail

python="$RUNNER_TEMP/hubscan/bin/python"
mkdir -p reports
shopt -s nullglob
results=(shards/*/hubscan.json)
if [ "${#results[@]}" -eq 0 ]; then
  printf '::error title=hubscan::no shard has a result\n'
  printf 'exit-code=2\nconclusion=failure\n' >>"$GITHUB_OUTPUT"
  exit 0
fi
arguments=(--output=json=reports/hubscan.json --output=markdown=reports/hubscan.md --output=html=reports/hubscan.html)
arguments+=(--output=csv=reports/hubscan.csv --history=hubscan-history.sqlite)
[ -z "${FAIL_ON:-}" ] || arguments+=("--fail-on=$FAIL_ON")
"$python" -m scanner merge "${arguments[@]}" -- "${results[@]}"
code=$?
conclusion=success
case "$code" in 0 | 3) ;; *) conclusion=failure ;; esac
printf 'exit-code=%s\nconclusion=%s\n' "$code" "$conclusion" >>"$GITHUB_OUTPUT"
[ ! -s reports/hubscan.md ] || cat reports/hubscan.md >>"$GITHUB_STEP_SUMMARY"
