use std::time::Duration;

use reqwest::Method;
use tokio::process::Command;

use crate::http::Server;
use crate::program::{self, Program};
use crate::stack::{Stack, variable_of_the_stack};
use crate::wait;

/// Limits that the local stack sets generously.
const RELAXED: [&str; 3] = ["REGISTER_LIMIT_PER_HOUR", "UNDECIDED_LIMIT", "FAILED_LIMIT_PER_HOUR"];

/// A replica of a service, or of the portal, beside the running one, with its database, and these settings; its limits are
/// strict unless they say otherwise.
///
/// # Errors
/// When it does not become ready.
pub async fn start(
    stack: &Stack,
    name: &'static str,
    settings: &[(&str, &str)],
) -> anyhow::Result<(Program, Server)> {
    let port = program::free_port()?;
    let running = if name == stack.portal.name { &stack.portal } else { stack.service(name) };
    let server = running.at(&format!("http://127.0.0.1:{port}"));
    let mut command = Command::new(program::built(name)?);
    for limit in RELAXED {
        command.env_remove(limit);
    }
    command
        .arg("serve")
        .env("LISTEN", format!("127.0.0.1:{port}"))
        .env("INSTANCE", format!("test-{port}"))
        .env("DATABASE_URL", stack.database_url(name))
        .env("MAIL_FROM", variable_of_the_stack("MAIL_FROM")?)
        .env("LEPTOS_SITE_ROOT", format!("{}/site", variable_of_the_stack("STACK_DIR")?))
        .env("RUST_LOG", "warn")
        .envs(settings.iter().copied());
    let mut program = Program::start(name, command)?;
    wait::until(&format!("a {name} of our own is ready"), Duration::from_secs(30), async || {
        program.still_runs()?;
        let answer = server.plain(Method::GET, "/readyz").await;
        Ok(answer.ok().filter(|answer| answer.status == 200))
    })
    .await?;
    Ok((program, server))
}
