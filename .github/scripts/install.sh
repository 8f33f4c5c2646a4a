#!/usr/bin/env bash
# Installs hubscan from this checkout into an environment of its own, at the pinned versions and hashes.
# What builds and installs it, pip too, stays outside of that.
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

# The interpreter of an environment: python_of FOLDER
python_of() {
  if [ -x "$1/bin/python" ]; then printf '%s/bin/python' "$1"; else printf '%s/Scripts/python.exe' "$1"; fi
}

home="$RUNNER_TEMP/hubscan"
build="$RUNNER_TEMP/hubscan-build"
rm -rf "$home" "$build"
"${PYTHON:-python3}" -m venv "$build/tools"
"${PYTHON:-python3}" -m venv --without-pip "$home"
python="$(python_of "$home")"
pip=("$(python_of "$build/tools")" -m pip --quiet --disable-pip-version-check --no-input)
pinned=(--require-hashes --no-deps --requirement)

# A copy: building must not write into the checkout of the action, which other steps share.
mkdir "$build/source"
(cd "$ACTION" && tar -cf - pyproject.toml README.md LICENSE scanner policies reports) | tar -xf - -C "$build/source"
"${pip[@]}" install "${pinned[@]}" "$ACTION/requirements/build.txt"
"${pip[@]}" wheel --no-deps --no-build-isolation --wheel-dir "$build" "$build/source"

# Without the columns of tracebacks the compiled files are smaller, and read faster at every start.
export PYTHONNODEBUGRANGES=1
"${pip[@]}" --python "$python" install "${pinned[@]}" "$ACTION/requirements/$requirements.txt"
"${pip[@]}" --python "$python" install --no-deps "$build"/*.whl
rm -rf "$build"
"$python" -m scanner --version
