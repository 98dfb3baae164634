# shellcheck shell=bash
# Passwords and keys of a local stack, generated when they are first asked for.

SECRETS=(POSTGRES_PASSWORD COMPANY_DB_PASSWORD CUSTOMER_DB_PASSWORD BOOKING_DB_PASSWORD PAYMENT_DB_PASSWORD
  NOTIFICATION_DB_PASSWORD PORTAL_DB_PASSWORD KEYCLOAK_DB_PASSWORD KEYCLOAK_ADMIN_PASSWORD
  PORTAL_CLIENT_SECRET API_CLIENT_SECRET ACCOUNTS_CLIENT_SECRET PORTAL_SESSION_KEY INVITATION_KEY)

# load_secrets FILE: sets every secret; those that FILE lacks are generated and added.
load_secrets() {
  local file=$1 name
  mkdir -p "$(dirname "$file")"
  chmod 700 "$(dirname "$file")"
  (
    umask 077
    flock 8
    for name in "${SECRETS[@]}"; do
      grep -qs "^$name=" "$file" || printf '%s=%s\n' "$name" "$(od -An -tx1 -N32 /dev/urandom | tr -d ' \n')" >>"$file"
    done
  ) 8>"$(dirname "$file")/secrets.lock"
  # shellcheck disable=SC1090
  . "$file"
}
