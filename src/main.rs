//! The program `ispeed-report`: its subcommands are in [`cli`], everything else is the library.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
