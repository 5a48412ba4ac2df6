#!/bin/sh
# A check before a change: `pre-change.sh export && change.ps1`. Ends with 0 only when nothing is wrong and every rule
# could judge everything.
set -eu
exec tenantlint check "${1:-export}" --format concise --fail-on error --require-coverage
