//! What the caller's wallet holds.

use axum::extract::State;
use axum::http::StatusCode;
use contracts::http::payment::{Balance, TopUp, ToppedUp};
use contracts::money::{Currency, Money};
use contracts::problem::FieldProblem;
use kit::caller::Caller;
use kit::extract::{IdempotencyKey, Json};
use kit::input;

use super::App;
use crate::domain::account::Owner;
use crate::error::Error;
use crate::store::ledger;
use crate::top_ups;

/// Make the caller's wallet.
#[utoipa::path(
    post,
    path = "/create-account",
    security(("bearer" = [])),
    responses(
        (status = 201, description = "The wallet was made", body = Balance),
        (status = 200, description = "There was one", body = Balance),
    ),
)]
pub(super) async fn create_account(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, Json<Balance>), Error> {
    let client = Owner::Client(caller.user_id);
    let mut connection = app.pool.acquire().await?;
    let opened = ledger::open_wallet(&mut connection, client).await?;
    let balance = ledger::balance(&mut connection, client).await?;
    let status = if opened { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Balance { balance, currency: Currency::default() })))
}

/// Read the balance; before there is a wallet it is 0.00.
#[utoipa::path(
    get,
    path = "/balance",
    security(("bearer" = [])),
    responses((status = 200, description = "What the caller's wallet holds", body = Balance)),
)]
pub(super) async fn get_balance(State(app): State<App>, caller: Caller) -> Result<Json<Balance>, Error> {
    let mut connection = app.pool.acquire().await?;
    let balance = ledger::balance(&mut connection, Owner::Client(caller.user_id)).await?;
    Ok(Json(Balance { balance, currency: Currency::default() }))
}

/// Put test money into the wallet; the first top-up makes one.
#[utoipa::path(
    post,
    path = "/top-up",
    security(("bearer" = [])),
    params((
        "Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 printable characters; the same key again answers with the same transaction",
    )),
    request_body = TopUp,
    responses(
        (status = 200, description = "The money is in the wallet", body = ToppedUp),
        (
            status = 422,
            description = "The amount is refused, the wallet is full (`wallet_full`), or the key was used for \
                           another amount (`idempotency_key_reused`)",
        ),
    ),
)]
pub(super) async fn top_up(
    State(app): State<App>,
    caller: Caller,
    IdempotencyKey(key): IdempotencyKey,
    Json(body): Json<TopUp>,
) -> Result<Json<ToppedUp>, Error> {
    let amount = parse(&body)?;
    Ok(Json(top_ups::top_up(&app.pool, caller.user_id, amount, key.as_deref()).await?))
}

fn parse(body: &TopUp) -> Result<Money, Vec<FieldProblem>> {
    input::amount(&body.amount).map_err(|invalid| vec![invalid.of("amount")])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_top_up_is_refused_by_the_name_of_the_field() {
        for amount in ["-1", "0", "\"0.00\"", "10.001", "1e30", "10000000.01", "\"ten\"", "null", "[]"] {
            let body: TopUp = serde_json::from_str(&format!("{{\"amount\": {amount}}}")).unwrap();
            let refused = parse(&body).unwrap_err();
            assert_eq!((refused.len(), refused[0].field.as_str()), (1, "amount"), "{amount}");
        }
        let body: TopUp = serde_json::from_str(r#"{"amount": 10.5, "status": "failed"}"#).unwrap();
        assert_eq!(parse(&body), Ok(Money(1_050)));
    }
}
