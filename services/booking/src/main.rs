fn main() -> std::process::ExitCode {
    kit::run::main(&booking::SERVICE, booking::run)
}
