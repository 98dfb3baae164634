//! Audits the running stack; see [`harness::audit`].

use std::process::ExitCode;

use harness::audit::audit;
use harness::stack::Stack;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let report = audit(&Stack::of_environment()?).await?;
    println!("{report}");
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
