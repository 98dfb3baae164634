fn main() -> std::process::ExitCode {
    kit::run::main(&company::SERVICE, company::run)
}
