# shellcheck shell=bash
# For what the stack runs: the environment without its secrets. Each script exports those that its program needs.
# shellcheck source=../env.sh
. "$(dirname "${BASH_SOURCE[0]}")/../env.sh"
export -n DATABASE_URL "${SECRETS[@]}"

# Under the supervisor (which sets the name) each process writes its own log, so that the lines stay as they are.
if [ -n "${PC_PROC_NAME:-}" ]; then
  log=$STACK_DIR/logs/$PC_PROC_NAME.log
  # Started anew with more than 20 MB behind it: the last run is kept, no more.
  if [ -n "$(find "$log" -size +20M 2>/dev/null)" ]; then mv "$log" "$log.old"; fi
  # None of them reads its terminal, and the supervisor waits until nobody has it open.
  exec </dev/null >>"$log" 2>&1
fi
