use std::time::Duration;

use reqwest::Method;
use tokio::process::Command;

use crate::http::Server;
use crate::program::{self, Program};
use crate::stack::{Stack, variable_of_the_stack};
use crate::wait;

/// A replica of `customer` beside the running one, with its database, and these settings.
///
/// # Errors
/// When it does not become ready.
pub async fn start_customer(stack: &Stack, settings: &[(&str, &str)]) -> anyhow::Result<(Program, Server)> {
    let port = program::free_port()?;
    let server = stack.service("customer").at(&format!("http://127.0.0.1:{port}"));
    let mut command = Command::new(program::built("customer")?);
    command
        .arg("serve")
        .env("LISTEN", format!("127.0.0.1:{port}"))
        .env("INSTANCE", format!("test-{port}"))
        .env("DATABASE_URL", stack.database_url("customer"))
        .env("MAIL_FROM", variable_of_the_stack("MAIL_FROM")?)
        .env("RUST_LOG", "warn")
        // Strict unless the test says otherwise.
        .env_remove("REGISTER_LIMIT_PER_HOUR")
        .envs(settings.iter().copied());
    let mut program = Program::start("customer", command)?;
    wait::until("a customer of our own is ready", Duration::from_secs(15), async || {
        program.still_runs()?;
        let answer = server.plain(Method::GET, "/readyz").await;
        Ok(answer.ok().filter(|answer| answer.status == 200))
    })
    .await?;
    Ok((program, server))
}
