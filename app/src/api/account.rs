//! The viewer's own account.

use leptos::prelude::*;

use super::ApiError;
use super::protocol::Answer;

/// Has the mail sent again by which the viewer shows that the address is his.
#[server(endpoint = "account/verify-email", output = Answer)]
pub async fn send_verification_mail() -> Result<(), ApiError> {
    crate::gateway::signed_in()?.post("/customer/email/verify").done().await
}
