use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

use crate::http::Server;
use crate::program::{self, Program};
use crate::stack::{Stack, project, variable_of_the_stack};
use crate::wait;

/// One line of `helm/files/settings/endpoints.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub service: String,
    pub method: String,
    /// Without the base; `{names}` in braces.
    pub path: String,
    #[serde(default)]
    pub token: bool,
    #[serde(default)]
    pub query: Vec<String>,
    #[serde(default)]
    pub limit: Option<String>,
    #[serde(default)]
    pub timeout: Option<String>,
}

impl Route {
    /// # Panics
    /// When the table names a method that HTTP does not have.
    pub fn method(&self) -> Method {
        self.method.parse().expect("the table holds methods of HTTP")
    }

    /// The path with an id of nothing for each name.
    pub fn example(&self) -> String {
        let part = |part: &str| if part.starts_with('{') { NOBODY.to_owned() } else { part.to_owned() };
        self.path.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

/// All that the gateway lets through.
///
/// # Errors
/// When the table cannot be read.
pub fn routes() -> anyhow::Result<Vec<Route>> {
    #[derive(Deserialize)]
    struct Table {
        routes: Vec<Route>,
    }
    let file = project().join("helm/files/settings/endpoints.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    Ok(serde_json::from_str::<Table>(&text).context("read the table of routes")?.routes)
}

/// The configuration that a gateway runs with, as the gateway itself renders it.
///
/// # Errors
/// When the gateway refuses it.
pub async fn rendered() -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("krakend.json");
    let mut check = gateway("check")?;
    check.env("FC_OUT", &file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = check.output().await.context("run the gateway")?;
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the gateway refuses its configuration: {said}");
    Ok(serde_json::from_slice(&std::fs::read(file)?)?)
}

/// A gateway of one's own in front of the running services, with the limits as they are outside of development.
///
/// # Errors
/// When it does not come up.
pub async fn start_strict(stack: &Stack, settings: &[(&str, &str)]) -> anyhow::Result<(Program, Server)> {
    let port = program::free_port()?;
    let server = stack.gateway.at(&format!("http://127.0.0.1:{port}"));
    let mut command = gateway("run")?;
    command
        .env("GATEWAY_PORT", port.to_string())
        .env("GATEWAY_RATE_FACTOR", "1")
        .envs(settings.iter().copied());
    let mut program = Program::start("gateway", command)?;
    wait::until("a gateway of our own answers", Duration::from_secs(15), async || {
        program.still_runs()?;
        Ok(server.plain(Method::GET, "/__health").await.ok())
    })
    .await?;
    Ok((program, server))
}

/// The gateway as the stack runs it: KrakenD where the machine has it, else ours on KrakenD's engine.
fn gateway(verb: &str) -> anyhow::Result<Command> {
    let Some(program) = ["krakend", "gateway"].into_iter().find(|name| program::on_path(name)) else {
        bail!("no stack: run make test (neither krakend nor gateway is on PATH)");
    };
    let mut command = Command::new(program);
    command
        .args([verb, "-c"])
        .arg(project().join("helm/files/krakend.tmpl"))
        .env("FC_ENABLE", "1")
        .env("FC_SETTINGS", project().join("helm/files/settings"))
        .env("GATEWAY_LISTEN_IP", "127.0.0.1")
        .env(
            "AUTH_JWKS_URL",
            format!("{}/protocol/openid-connect/certs", variable_of_the_stack("AUTH_ISSUER")?),
        );
    Ok(command)
}
