use std::process::ExitCode;

fn main() -> ExitCode {
    kit::run::main(&server::SERVICE, server::run)
}
