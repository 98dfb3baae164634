# shellcheck shell=bash disable=SC2034
# The running stack: its supervisor (process-compose), its processes and their ports.

# A socket's path is limited to 107 bytes, so it does not lie in the project's folder.
SOCKET=$CACHE/run/$(printf '%s' "$STACK_DIR" | sha256sum | cut -c 1-12).sock

INFRASTRUCTURE=(postgres postgres-setup kafka keycloak mailhog)
PROGRAMS=("${SERVICES[@]}" portal)

# What each process listens on: "process VARIABLE".
PORTS=(
  "postgres POSTGRES_PORT"
  "kafka KAFKA_PORT"
  "kafka KAFKA_CONTROLLER_PORT"
  "keycloak KEYCLOAK_PORT"
  "keycloak KEYCLOAK_MANAGEMENT_PORT"
  "mailhog SMTP_PORT"
  "mailhog MAILHOG_PORT"
  "gateway GATEWAY_PORT"
  "company COMPANY_PORT"
  "customer CUSTOMER_PORT"
  "booking BOOKING_PORT"
  "payment PAYMENT_PORT"
  "notification NOTIFICATION_PORT"
  "portal PORTAL_PORT"
)

compose() {
  PC_DISABLE_DOTENV=1 PROC_COMP_CONFIG=$STACK_DIR/run process-compose --use-uds --unix-socket "$SOCKET" "$@"
}

# One line for each process: name, status, health, pid, restarts, exit code. Nothing when the stack is down.
processes() {
  compose process list --output json 2>/dev/null |
    jq --raw-output '.[] | [.name, .status, .is_ready, .pid, .restarts, .exit_code] | @tsv' 2>/dev/null || true
}

is_up() { [ -n "$(processes)" ]; }

# The processes that were started with NAME=VALUE in their environment and live, whoever their parent is now.
marked() (
  # The search must not find itself.
  unset "${1%%=*}"
  { grep -lzxF "$1" /proc/[0-9]*/environ 2>/dev/null || true; } | cut -d / -f 3 | xargs -r ps -o pid= -p | tr -d ' ' || true
)

# The supervisor marks all that it starts.
leftovers() { marked "BOOKSVC_STACK_PROCESS=$STACK_DIR"; }

# wait_until SECONDS COMMAND...: false when the command has not come true in time.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.2
  done
}

no_leftovers() { [ -z "$(leftovers)" ]; }

stop_leftovers() {
  local pids
  mapfile -t pids < <(leftovers)
  [ ${#pids[@]} -gt 0 ] || return 0
  say "  stopping ${#pids[@]} processes that an earlier stack left behind"
  kill "${pids[@]}" 2>/dev/null || true
  wait_until 20 no_leftovers && return
  mapfile -t pids < <(leftovers)
  kill -KILL "${pids[@]}" 2>/dev/null || true
  wait_until 5 no_leftovers || fail "these processes cannot be stopped: $(leftovers | tr '\n' ' ')"
}

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# check_ports PROCESS...: every port that these will want must be free.
check_ports() {
  local entry process variable taken=0
  for entry in "${PORTS[@]}"; do
    read -r process variable <<<"$entry"
    if [[ " $* " == *" $process "* ]] && is_taken "${!variable}"; then
      printf 'error: port %s is taken; the %s wants it (%s in dev/stack.env, or STACK_OFFSET=…)\n' "${!variable}" "$process" "$variable" >&2
      taken=1
    fi
  done
  return "$taken"
}

start_supervisor() {
  mkdir -p "$(dirname "$SOCKET")" "$STACK_DIR/logs" "$STACK_DIR/run"
  rm -f "$SOCKET"
  [ -w /dev/ptmx ] || fail "there are no terminals to give to the processes (/dev/ptmx)"
  (
    cd "$ROOT" || exit
    export BOOKSVC_STACK_PROCESS=$STACK_DIR
    compose up --config dev/process-compose.yaml --tui=false --detached --keep-project --ordered-shutdown \
      --log-file "$STACK_DIR/logs/process-compose.log" "$@"
  ) >/dev/null 2>&1
  wait_until 10 is_up || fail "process-compose does not start; its log: $STACK_DIR/logs/process-compose.log"
}

stop_stack() {
  if is_up; then
    compose down >/dev/null 2>&1 || true
    wait_until 30 no_leftovers || true
  fi
  stop_leftovers
  rm -f "$SOCKET"
}
