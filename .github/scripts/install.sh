#!/usr/bin/env bash
# Installs hubscan from this checkout into an environment of its own, at the pinned versions and hashes.
# In: PYTHON (an interpreter), MODE (iac or live), ACTION (this checkout), RUNNER_TEMP.
set -euo pipefail

case "$MODE" in
  iac) requirements=run ;;
  live) requirements=azure ;;
  *)
    printf '::error title=hubscan::mode is iac or live, not %s\n' "${MODE//[^a-zA-Z0-9_-]/?}"
    exit 2
    ;;
esac
home="$RUNNER_TEMP/hubscan"
"${PYTHON:-python3}" -m venv "$home"
python="$home/bin/python"
[ -x "$python" ] || python="$home/Scripts/python.exe"
"$python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps \
  --requirement "$ACTION/requirements/$requirements.txt"
# A copy: building must not write into the checkout of the action, which other steps share.
source="$RUNNER_TEMP/hubscan-source"
rm -rf "$source"
mkdir "$source"
(cd "$ACTION" && tar -cf - pyproject.toml README.md LICENSE scanner policies reports) | tar -xf - -C "$source"
"$python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps --no-build-isolation "$source"
"$python" -m scanner --version
