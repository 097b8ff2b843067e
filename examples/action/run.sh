#!/usr/bin/env bash
# What the GitHub Action does: flags from the environment, one run, the paths of the reports as outputs. Its inputs are described in
# action.yml. The exit code is etalon's own.
set -euo pipefail

etalon=${ETALON_BINARY:-}
[ -n "$etalon" ] || etalon="$RUNNER_TEMP/etalon/bin/etalon"
reports=${ETALON_REPORTS:-etalon-reports}
mkdir -p "$reports"
# What an earlier step left must not look like this run's, however early it ends.
rm -f "$reports"/report.json "$reports"/junit.xml "$reports"/summary.md "$reports"/report.sarif

arguments=(test "$ETALON_CONTRACT" "--seed=${ETALON_SEED:-0}")
# A flag with one value, where there is one.
one() { if [ -n "$2" ]; then arguments+=("$1=$2"); fi; }
# A flag for each line that is not empty.
each() {
    local line
    while IFS= read -r line; do
        line=${line%$'\r'}
        if [ -n "${line// /}" ]; then arguments+=("$1=$line"); fi
    done <<<"$2"
}
# A flag without a value, where the input is true.
switch() {
    case "$2" in
        '' | false) ;;
        true) arguments+=("$1") ;;
        *) echo "the input ${1#--} is true or false, not \`$2\`" >&2; exit 2 ;;
    esac
}
one --url "${ETALON_URL_FLAG:-}"
one --base-path "${ETALON_BASE_PATH:-}"
one --timeout "${ETALON_TIMEOUT:-}"
one --patience "${ETALON_PATIENCE:-}"
one --record "${ETALON_RECORD:-}"
one --max-shrink "${ETALON_MAX_SHRINK:-}"
one --min-tested "${ETALON_MIN_TESTED:-}"
one --max-time "${ETALON_MAX_TIME:-}"
one --rate "${ETALON_RATE:-}"
one --budget "${ETALON_BUDGET:-}"
one --workers "${ETALON_WORKERS:-}"
one --ledger "${ETALON_LEDGER:-}"
one --root "${ETALON_ROOT:-}"
switch --allow-writes "${ETALON_ALLOW_WRITES:-}"
switch --allow-destructive "${ETALON_ALLOW_DESTRUCTIVE:-}"
switch --read-only "${ETALON_READ_ONLY:-}"
switch --keep "${ETALON_KEEP:-}"
switch --strict "${ETALON_STRICT:-}"
each --allow-remote "${ETALON_ALLOW_REMOTE:-}"
each --auth "${ETALON_AUTH_FLAG:-}"
each --header "${ETALON_HEADER:-}"
each --set "${ETALON_SET:-}"
each --include "${ETALON_INCLUDE:-}"
each --exclude "${ETALON_EXCLUDE:-}"
each --waive "${ETALON_WAIVE:-}"
each --overlay "${ETALON_OVERLAY:-}"
for pair in json=report.json junit=junit.xml markdown=summary.md sarif=report.sarif; do
    arguments+=(--report "${pair%%=*}=$reports/${pair#*=}")
done

code=0
"$etalon" "${arguments[@]}" || code=$?

# The second member of the report; none where the run did not come so far.
conclusion=$(sed -n 's/^  "conclusion": "\(.*\)",$/\1/p' "$reports/report.json" 2>/dev/null | head -n 1)
{
    echo "conclusion=${conclusion:-error}"
    echo "json=$reports/report.json"
    echo "junit=$reports/junit.xml"
    echo "markdown=$reports/summary.md"
    echo "sarif=$reports/report.sarif"
} >>"${GITHUB_OUTPUT:-/dev/null}"
exit "$code"
