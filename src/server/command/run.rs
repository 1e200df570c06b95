//! Runs one command.

use std::io::Write;
use std::process::ExitCode;

use crate::server::command::{dev, import, migrate, rail_simulator, roster, serve, token};
use crate::server::config::{Calendar, Cli, Command, DivisionCommand, HospitalCommand, Policy, RosterCommand};
use crate::telemetry;

/// Runs a command to its end.
pub fn run(cli: Cli) -> ExitCode {
    let log = match &cli.command {
        Command::Serve(serve) => serve.serving.log.as_str(),
        Command::Dev(dev) => dev.serving.log.as_str(),
        Command::Migrate(_)
        | Command::Token(_)
        | Command::RailSimulator(_)
        | Command::Policy(_)
        | Command::Calendar(_)
        | Command::Division(_)
        | Command::Roster(_)
        | Command::Hospital(_) => "warn",
    };
    let done = telemetry::install(log).map_err(anyhow::Error::from).and_then(|()| {
        // The TLS of the database and the tokens use one provider.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(dispatch(cli))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "jiujinan: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(serve) => serve::serve(*serve).await,
        Command::Dev(dev) => dev::dev(dev).await,
        Command::Migrate(database) => migrate::migrate(&database).await,
        Command::Token(token) => token::token(&token),
        Command::RailSimulator(settings) => rail_simulator::rail_simulator(settings).await,
        Command::Policy(Policy::Import(import)) => import::policy(&import).await,
        Command::Calendar(Calendar::Import(import)) => import::calendar(&import).await,
        Command::Division(DivisionCommand::Import(import)) => import::divisions(&import).await,
        Command::Roster(RosterCommand::Import(import)) => roster::roster(&import).await,
        Command::Hospital(HospitalCommand::Import(import)) => roster::hospitals(&import).await,
    }
}

/// Says something to whoever called.
pub fn say(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
