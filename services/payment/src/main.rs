fn main() -> std::process::ExitCode {
    kit::run::main(&payment::SERVICE, payment::run)
}
