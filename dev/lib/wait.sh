# shellcheck shell=bash
# Waiting for the stack, with a word about each process as it gets there.

# is_ready STATUS HEALTH EXIT_CODE
is_ready() {
  case $1 in
    Running) [ "$2" = Ready ] ;;
    Completed) [ "$3" = 0 ] ;;
    *) false ;;
  esac
}

give_up() {
  local name=$1 log=$STACK_DIR/logs/$1.log
  {
    say "the last lines of $log:"
    tail -n 15 "$log" | sed 's/^/    /'
  } >&2
  fail "$name $2; the others run on, make down stops them"
}

# wait_ready SECONDS PROCESS...: returns when all are ready; a process that keeps dying or is late ends the script.
wait_ready() {
  local began=$SECONDS deadline=$((SECONDS + $1)) name status health restarts code waiting done=" " first=true
  local -A before=()
  shift
  while true; do
    waiting=
    wait_until 5 is_up || fail "the stack was stopped meanwhile"
    while IFS=$'\t' read -r name status health _ restarts code; do
      if [[ " $* " != *" $name "* || $done == *" $name "* ]]; then continue; fi
      before[$name]=${before[$name]:-$restarts}
      if is_ready "$status" "$health" "$code"; then
        # What was ready before is no news.
        "$first" || printf '  %-24s ready after %3d s\n' "$name" "$((SECONDS - began))"
        done+="$name "
      elif [ "$((restarts - before[$name]))" -ge 5 ]; then
        give_up "$name" "ends again and again (exit code $code)"
      else
        waiting=${waiting:-$name}
      fi
    done < <(processes)
    first=false
    [ -n "$waiting" ] || return 0
    [ "$SECONDS" -lt "$deadline" ] || give_up "$waiting" "is not ready in time"
    sleep 0.3
  done
}

# status URL FLAG...: of a call that nobody waits longer for than the customer service does.
status() { curl --silent --output /dev/null --write-out '%{http_code}' --max-time 2 --header 'content-type: application/json' "${@:2}" "$1"; }

accounts_answer() {
  local token nobody='"email": "nobody@booksvc.localhost"'
  token=$(curl --silent --max-time 5 --data @- "$AUTH_ISSUER/protocol/openid-connect/token" \
    <<<"grant_type=client_credentials&client_id=$ACCOUNTS_CLIENT_ID&client_secret=$ACCOUNTS_CLIENT_SECRET" | jq --raw-output .access_token)
  [ "$(status "$KEYCLOAK_URL/admin/realms/$KEYCLOAK_REALM/users" --header @- <<<"authorization: Bearer $token" \
    --data "{$nobody, \"username\": \"nobody@booksvc.localhost\", \"credentials\": [{\"type\": \"password\", \"value\": \"short\"}]}")" = 400 ] &&
    [ "$(status "$GATEWAY_URL/api/v1/customer/login" --data "{$nobody, \"password\": \"nobody at all\"}")" = 401 ]
}

# Keycloak's first calls take longer than the gateway waits for them. Two that are refused, and so change nothing,
# go before anybody's: a new account with too short a password, and a log-in, which goes through all the parts.
wait_for_accounts() { wait_until 60 accounts_answer || give_up customer "cannot reach the accounts"; }
