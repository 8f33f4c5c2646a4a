#!/usr/bin/env bash
# Fetches the history that the run before of this workflow kept, if there is one.
# In: GH_TOKEN, WORKFLOW (owner/repo/.github/workflows/NAME@ref), GITHUB_REPOSITORY, GITHUB_REF_NAME.
set -uo pipefail

name="${WORKFLOW%%@*}"
name="${name##*/}"
run="$(gh run list --repo "$GITHUB_REPOSITORY" --workflow "$name" --branch "$GITHUB_REF_NAME" \
  --status completed --limit 20 --json databaseId --jq '.[].databaseId')" || run=""
for id in $run; do
  if gh run download "$id" --repo "$GITHUB_REPOSITORY" --name hubscan-history --dir . 2>/dev/null; then
    printf 'history of run %s\n' "$id"
    exit 0
  fi
done
printf '::notice title=hubscan::no run before has kept a history: this one begins it\n'
