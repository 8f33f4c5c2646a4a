#!/usr/bin/env bash
# Writes sarif/SUBSCRIPTION.sarif for each subscription of reports/hubscan.json that was read whole, and tells
# which they are.  An upload closes the alerts that it lacks: one with a gap is left as it was.
# In: RUNNER_TEMP, GITHUB_OUTPUT.
set -euo pipefail

python="$RUNNER_TEMP/hubscan/bin/python"
mkdir -p sarif
if [ ! -s reports/hubscan.json ]; then
  printf 'subscriptions=[]\n' >>"$GITHUB_OUTPUT"
  exit 0
fi
# Of a gap that names no subscription nobody knows which it hides: then nothing is whole.
whole="$(jq --compact-output '
  def of: (.hub // .subject) | ascii_downcase | (capture("^/subscriptions/(?<id>[^/]+)").id // null);
  [.gaps[] | select(.reason != "unresolved") | try of catch null] as $gaps
  | if any($gaps[]; . == null) then [] else
      [.hubs[].subscription_id | select(. != null) | ascii_downcase | select(test("^[0-9a-f-]{36}$"))]
      | unique - $gaps | .[:256]
    end' reports/hubscan.json)"
for subscription in $(jq --raw-output '.[]' <<<"$whole"); do
  part="$RUNNER_TEMP/part.json"
  jq --arg id "$subscription" '
    def ours: (.subscription_id // "" | ascii_downcase) == $id;
    .hubs |= map(select(ours)) | .findings |= map(select(.hub | ours)) | .gaps = [] | .complete = true' \
    reports/hubscan.json >"$part"
  "$python" -m scanner report "$part" "--output=sarif=$part.sarif"
  jq --arg id "hubscan/$subscription/" '.runs |= (.[:1] | map(.automationDetails.id = $id))' "$part.sarif" \
    >"sarif/$subscription.sarif"
done
printf 'subscriptions=%s\n' "$whole" >>"$GITHUB_OUTPUT"
