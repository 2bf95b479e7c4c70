#!/bin/sh
# Hands one issue to Lamplighter and waits for the outcome. For a pipeline step, and for a person at a terminal:
#
#   ISSUE_NUMBER=42 ISSUE_TITLE='Wiki shows 502' VAULT_ADDR=https://vault.example.org:8200 sh process-issue.sh
#
# Needs curl (7.55 or newer) and jq (1.5 or newer). Settings are environment variables:
#
#   ISSUE_NUMBER       the issue's number
#   ISSUE_TITLE        its title; may hold anything
#   LAMPLIGHTER_URL    default: http://lamplighter.lamplighter.svc:8080
#   AGENT, MAX_BUDGET_USD, TIMEOUT_SECONDS      what the job may use; defaults: issue-responder, 10, 1800
#
#   LAMPLIGHTER_TOKEN  the API token, where it is not in Vault; nothing below VAULT_ is looked at then
#   VAULT_ADDR         Vault's address
#   VAULT_ROLE         the role of its Kubernetes login; default: lamplighter-pipeline
#   VAULT_AUTH         where that login is mounted; default: kubernetes
#   VAULT_MOUNT, VAULT_PATH, VAULT_FIELD        the token's place in KV v2; defaults: secret, lamplighter, api_token
#   JWT_FILE           default: the service account's token, where Kubernetes mounts it
#
#   POLL_SECONDS       how often the job is asked for; default: 10
#   PATIENCE_SECONDS   how long a system that does not answer is asked again; default: 300
#   WAIT_SECONDS       how long the outcome is waited for, the queue included; default: 7200
#   CURL_CA_BUNDLE     curl's own: the certificates of a private CA
#
# Exit codes: 0 completed, 1 failed, 2 called wrongly, 3 refused (by Vault or by Lamplighter), 4 somebody does not answer,
# 5 the job ran out of time.
set -eu

main() {
  check_settings
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  get_token
  submit
  follow
}

check_settings() {
  case ${ISSUE_NUMBER:-} in
    '' | *[!0-9]*) fail 2 "ISSUE_NUMBER must be the number of an issue" ;;
  esac
  : "${ISSUE_TITLE:=}" "${LAMPLIGHTER_URL:=http://lamplighter.lamplighter.svc:8080}"
  : "${AGENT:=issue-responder}" "${MAX_BUDGET_USD:=10}" "${TIMEOUT_SECONDS:=1800}"
  : "${POLL_SECONDS:=10}" "${PATIENCE_SECONDS:=300}" "${WAIT_SECONDS:=7200}"
  # From here on jq reads them, as variables: what is in a title never gets into a command or a program.
  export ISSUE_NUMBER ISSUE_TITLE AGENT MAX_BUDGET_USD TIMEOUT_SECONDS
  for tool in curl jq; do
    command -v "$tool" >/dev/null || fail 2 "$tool is not installed"
  done
  # What is written below holds tokens.
  umask 077
}

# The header that Lamplighter wants, into a file: arguments can be seen by everybody on the machine.
get_token() {
  if [ -n "${LAMPLIGHTER_TOKEN:-}" ]; then
    token=$LAMPLIGHTER_TOKEN
  else
    read_from_vault
  fi
  printf 'Authorization: Bearer %s\n' "$token" >"$work/authorization"
}

read_from_vault() {
  [ -n "${VAULT_ADDR:-}" ] || fail 2 "neither LAMPLIGHTER_TOKEN nor VAULT_ADDR is set"
  : "${VAULT_ROLE:=lamplighter-pipeline}" "${VAULT_AUTH:=kubernetes}"
  : "${VAULT_MOUNT:=secret}" "${VAULT_PATH:=lamplighter}" "${VAULT_FIELD:=api_token}"
  : "${JWT_FILE:=/var/run/secrets/kubernetes.io/serviceaccount/token}"
  export VAULT_ROLE VAULT_FIELD
  [ -r "$JWT_FILE" ] || fail 2 "there is no service account token in $JWT_FILE"

  jq -R -s '{role: env.VAULT_ROLE, jwt: rtrimstr("\n")}' <"$JWT_FILE" >"$work/login"
  ask_vault "auth/$VAULT_AUTH/login" --header 'Content-Type: application/json' --data-binary "@$work/login"
  expect 200 "Vault does not let the role $VAULT_ROLE log in"
  take .auth.client_token || fail 3 "Vault's answer to the login has no token"
  printf 'X-Vault-Token: %s\n' "$taken" >"$work/vault"

  ask_vault "$VAULT_MOUNT/data/$VAULT_PATH" --header "@$work/vault"
  expect 200 "Vault does not give out $VAULT_MOUNT/$VAULT_PATH"
  take '.data.data[env.VAULT_FIELD]' || fail 3 "$VAULT_MOUNT/$VAULT_PATH has no field $VAULT_FIELD"
  token=$taken

  # The login has done its work. Where that cannot be said, it expires.
  curl --silent --max-time 10 --output /dev/null --header "@$work/vault" --request POST \
    "${VAULT_ADDR%/}/v1/auth/token/revoke-self" || :
}

# An issue has one run, whoever asks and however often: where an answer was lost, it is safe to submit again.
submit() {
  # On one line, so that a title cannot begin a line that looks like a request of its own.
  jq -n '{
    prompt: ("Process GitHub Issue #" + env.ISSUE_NUMBER + ": " + env.ISSUE_TITLE | gsub("[[:cntrl:]]"; " ")),
    agent: env.AGENT,
    max_budget_usd: (env.MAX_BUDGET_USD | tonumber),
    timeout_seconds: (env.TIMEOUT_SECONDS | tonumber)
  }' >"$work/order" || fail 2 "MAX_BUDGET_USD and TIMEOUT_SECONDS must be numbers"
  ask_lamplighter execute --header 'Content-Type: application/json' --data-binary "@$work/order"
  expect 202 "Lamplighter does not take the issue"
  take .job_id || fail 4 "Lamplighter's answer has no job_id"
  case $taken in
    *[!A-Za-z0-9._-]*) fail 4 "Lamplighter's answer has no job_id" ;;
  esac
  job=$taken
  say "issue #$ISSUE_NUMBER is job $job"
}

follow() {
  until=$(($(now) + WAIT_SECONDS)) read_at=$(now) before=
  while :; do
    ask_lamplighter "jobs/$job"
    expect 200 "Lamplighter does not tell about job $job"
    if take .status; then
      read_at=$(now)
    elif [ $(($(now) - read_at)) -ge "$PATIENCE_SECONDS" ]; then
      fail 4 "Lamplighter's answers cannot be read; is $LAMPLIGHTER_URL its address?"
    else
      taken=unreadable
    fi
    [ "$taken" = "$before" ] || say "job $job: $taken"
    before=$taken
    case $taken in
      completed) show && exit 0 ;;
      failed) show && exit 1 ;;
      timeout) show && exit 5 ;;
    esac
    [ "$(now)" -lt "$until" ] || fail 4 "job $job is not done after $WAIT_SECONDS seconds; it goes on without us"
    sleep "$POLL_SECONDS"
  done
}

ask_vault() {
  path=$1
  shift
  ask Vault "${VAULT_ADDR%/}/v1/$path" "$@"
}

ask_lamplighter() {
  path=$1
  shift
  ask Lamplighter "${LAMPLIGHTER_URL%/}/$path" --header "@$work/authorization" "$@"
}

# ask WHO URL [CURL OPTION...]: asks until there is an answer that does not mean "later": $status, and $work/answer.
ask() {
  who=$1 url=$2
  shift 2
  patient_until=$(($(now) + PATIENCE_SECONDS))
  while :; do
    : >"$work/answer"
    status=$(curl --silent --show-error --max-time 30 --output "$work/answer" --write-out '%{http_code}' "$@" "$url" \
      2>"$work/trouble") || status=000
    case $status in
      000) trouble=$(head -n 1 "$work/trouble") ;;
      # 472 and 473 are Vault's, of servers that stand by.
      408 | 429 | 472 | 473 | 5??) trouble="status $status$(reason)" ;;
      *) return 0 ;;
    esac
    say "$who does not answer ($trouble)"
    [ "$(now)" -lt "$patient_until" ] || fail 4 "given up after $PATIENCE_SECONDS seconds"
    sleep "$POLL_SECONDS"
  done
}

# expect STATUS WHAT: says what was refused, and why by the server's own words.
expect() {
  [ "$status" = "$1" ] || fail 3 "$2 (status $status$(reason))"
}

# What Vault and Lamplighter say about a failure, on one line and of bounded length; nothing where it is not theirs.
reason() {
  jq -r '[.errors[]?, .error?] | map(strings) | join("; ") | gsub("[[:cntrl:]]"; " ")
    | if . == "" then "" else ": " + .[:300] end' "$work/answer" 2>/dev/null || :
}

# take FILTER: a text that is not empty out of the answer, into $taken.
take() {
  taken=$(jq -r "$1 | strings" "$work/answer" 2>/dev/null) && [ -n "$taken" ]
}

# The job as it ended. In JSON nothing in it can control the terminal.
show() {
  jq . "$work/answer"
}

now() { date +%s; }
say() { printf '%s\n' "$*" >&2; }
fail() {
  code=$1
  shift
  say "$*"
  exit "$code"
}

main
