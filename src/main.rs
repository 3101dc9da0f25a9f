//! The driftgate command.

fn main() -> std::process::ExitCode {
    driftgate::cli::main().into()
}
