# shellcheck shell=bash disable=SC2034
# Source me in bash: the tools on PATH, the one tool chain, and what every program of this stack reads.
# shellcheck source=lib/toolchain.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/toolchain.sh"
# shellcheck source=lib/secrets.sh
. "$ROOT/dev/lib/secrets.sh"

set -a
# shellcheck source=stack.env
. "$ROOT/dev/stack.env"
STACK_DIR=$ROOT/.stack/$STACK_NAME
load_secrets "$STACK_DIR/secrets.env"

# The parts, as people and programs address them
PUBLIC_URL=http://localhost:$PORTAL_PORT
GATEWAY_URL=http://localhost:$GATEWAY_PORT
KEYCLOAK_URL=http://localhost:$KEYCLOAK_PORT
MAILHOG_URL=http://localhost:$MAILHOG_PORT
SMTP_URL=smtp://127.0.0.1:$SMTP_PORT
KAFKA_BROKERS=127.0.0.1:$KAFKA_PORT
# The superuser's: tests make their own databases through it. Each service has its own, see dev/run/service.
DATABASE_URL=postgres://postgres:$POSTGRES_PASSWORD@127.0.0.1:$POSTGRES_PORT/postgres
COMPANY_URL=http://127.0.0.1:$COMPANY_PORT
CUSTOMER_URL=http://127.0.0.1:$CUSTOMER_PORT
BOOKING_URL=http://127.0.0.1:$BOOKING_PORT
PAYMENT_URL=http://127.0.0.1:$PAYMENT_PORT
NOTIFICATION_URL=http://127.0.0.1:$NOTIFICATION_PORT

# Accounts
AUTH_ISSUER=$KEYCLOAK_URL/realms/$KEYCLOAK_REALM
PORTAL_CLIENT_ID=booksvc-portal
API_CLIENT_ID=booksvc-api
ACCOUNTS_CLIENT_ID=booksvc-accounts
set +a
