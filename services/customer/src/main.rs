fn main() -> std::process::ExitCode {
    kit::run::main(&customer::SERVICE, customer::run)
}
