//! The `jiujinan` program: see `jiujinan --help`.

use std::process::ExitCode;

use clap::Parser;
use jiujinan::server::command;
use jiujinan::server::config::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no failures.
            let code = if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
            let _ = error.print();
            return code;
        }
    };
    command::run(cli)
}
