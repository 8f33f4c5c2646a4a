#!/usr/bin/env bash
# Ends the action as the scan ended, now that every report is out.
set -euo pipefail

if [ "${CONCLUSION:-failure}" = success ]; then
  [ "${EXIT_CODE:-}" != 3 ] || printf '::warning title=hubscan::something could not be read; the report says what\n'
  exit 0
fi
exit "${EXIT_CODE:-2}"
