fn main() -> std::process::ExitCode {
    kit::run::main(&notification::SERVICE, notification::run)
}
