//! Settings: every one is a flag and a `JIUJINAN_*` variable. Secrets are files.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::actor::Role;
use crate::division::Division;
use crate::hook::AllowedHost;
use crate::http::{IssuerSettings, Rate};
use crate::rail::simulator::Behaviour;

mod registers;

pub use registers::{FileCharset, HospitalCommand, RosterCommand, RosterImport, RosterMode};

/// Urgent hardship aid (救急难) for a city: street reserve funds, hospital waivers, finance, audit.
#[derive(Parser, Debug)]
#[command(name = "jiujinan", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve on a given PostgreSQL.
    Serve(Box<Serve>),
    /// Serve a demo city on a private PostgreSQL of its own.
    Dev(Dev),
    /// Bring the schema of a database up to date, under a lock.
    Migrate(Database),
    /// Print an access token signed with the issuer key of a data directory.
    Token(Token),
    /// Play a bank that the rail can be tried on; it moves no money.
    ///
    /// Prints its address as one line. It takes POST /instructions and answers GET /instructions/ID, signed both ways. What it has
    /// paid is at GET /simulator/ledger; POST /simulator/behaviours {"behaviour": "delay:500", "instruction_id": ID or absent}
    /// changes how it behaves. Keys: each end makes its own, the public half beside it as FILE.pub, and is given the other's.
    RailSimulator(RailSimulator),
    /// Rules.
    #[command(subcommand)]
    Policy(Policy),
    /// Working days.
    #[command(subcommand)]
    Calendar(Calendar),
    /// Divisions.
    #[command(subcommand)]
    Division(DivisionCommand),
    /// The roster of poor households.
    #[command(subcommand)]
    Roster(RosterCommand),
    /// Hospitals.
    #[command(subcommand)]
    Hospital(HospitalCommand),
}

/// `jiujinan policy`
#[derive(Subcommand, Debug)]
pub enum Policy {
    /// Import a version of the rules (TOML). A version is never changed: new rules have a new id.
    Import(Import),
}

/// `jiujinan calendar`
#[derive(Subcommand, Debug)]
pub enum Calendar {
    /// Import holidays and shifted workdays (CSV: day,kind).
    Import(Import),
}

/// `jiujinan division`
#[derive(Subcommand, Debug)]
pub enum DivisionCommand {
    /// Import divisions (CSV: code,name,valid_from,valid_to).
    Import(Import),
}

/// A file to import.
#[derive(Args, Debug)]
pub struct Import {
    /// The file.
    pub file: PathBuf,
    /// PostgreSQL as a URL; without one, the private PostgreSQL of a data directory.
    #[arg(long, env = "JIUJINAN_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// File with the password of the database user.
    #[arg(long, env = "JIUJINAN_DATABASE_PASSWORD_FILE")]
    pub database_password_file: Option<PathBuf>,
    /// File with the root certificates (PEM) that the database's certificate must lead to.
    #[arg(long, env = "JIUJINAN_DATABASE_ROOTS")]
    pub database_roots: Option<PathBuf>,
    /// The data directory of `jiujinan dev`.
    #[arg(long, env = "JIUJINAN_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

/// Which database.
#[derive(Args, Debug, Clone)]
pub struct Database {
    /// PostgreSQL as a URL, several hosts separated by commas; the user must be a member of the jiujinan_* roles.
    #[arg(long, env = "JIUJINAN_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
    /// File with the password of the database user.
    #[arg(long, env = "JIUJINAN_DATABASE_PASSWORD_FILE")]
    pub database_password_file: Option<PathBuf>,
    /// File with the root certificates (PEM) that the database's certificate must lead to.
    #[arg(long, env = "JIUJINAN_DATABASE_ROOTS")]
    pub database_roots: Option<PathBuf>,
}

/// `jiujinan serve`
#[derive(Args, Debug, Clone)]
pub struct Serve {
    /// Which database.
    #[command(flatten)]
    pub database: Database,
    /// Another URL for the book, which writes; for a login of its own.
    #[arg(long, env = "JIUJINAN_BOOK_URL", hide_env_values = true)]
    pub book_url: Option<String>,
    /// File with the password of the book's login.
    #[arg(long, env = "JIUJINAN_BOOK_PASSWORD_FILE")]
    pub book_password_file: Option<PathBuf>,
    /// Another URL for reads; for a login of its own.
    #[arg(long, env = "JIUJINAN_API_URL", hide_env_values = true)]
    pub api_url: Option<String>,
    /// File with the password of the reading login.
    #[arg(long, env = "JIUJINAN_API_PASSWORD_FILE")]
    pub api_password_file: Option<PathBuf>,
    /// Directory with the vault's keys: kek-ID.key, index.key, fingerprint.key, 64 hexadecimal digits each.
    #[arg(long, env = "JIUJINAN_VAULT_DIR")]
    pub vault_dir: PathBuf,
    /// Who may issue tokens: NAME=ALGORITHM[+ALGORITHM]=PATH of a JWKS file. May be given several times.
    #[arg(long = "issuer", env = "JIUJINAN_ISSUERS", value_delimiter = ',', required = true)]
    pub issuers: Vec<IssuerSettings>,
    /// What tokens must be issued for (`aud`).
    #[arg(long, env = "JIUJINAN_AUDIENCE", default_value = "jiujinan")]
    pub audience: String,
    /// Whether to bring the schema up to date first.
    #[arg(long, env = "JIUJINAN_MIGRATE", value_enum, default_value = "auto")]
    pub migrate: Migrate,
    /// How to serve.
    #[command(flatten)]
    pub serving: Serving,
    /// Directory of `promise-<name>.pem`, the keys that waivers are signed with, and of public halves that stay published; without it
    /// none is promised.
    #[arg(long, env = "JIUJINAN_PROMISE_KEYS")]
    pub promise_keys: Option<PathBuf>,
    /// Directory of this server alone, for what hospitals are answered while the database is away and the signed snapshot that a server
    /// started then answers from; without it they are not answered.
    #[arg(long, env = "JIUJINAN_JOURNAL_DIR")]
    pub journal_dir: Option<PathBuf>,
    /// Where the bank's payment gateway is, https or a loopback address; without one, payments through a bank stay instructed.
    #[arg(long, env = "JIUJINAN_BANK_URL", requires_all = ["bank_key", "rail_key"])]
    pub bank_url: Option<String>,
    /// File of the bank's public key (Ed25519, PEM): only what it signs is a result.
    #[arg(long, env = "JIUJINAN_BANK_KEY_FILE", value_name = "FILE")]
    pub bank_key: Option<PathBuf>,
    /// File of the key that signs instructions (Ed25519, PKCS#8 PEM, mode 600).
    #[arg(long, env = "JIUJINAN_RAIL_KEY_FILE", value_name = "FILE")]
    pub rail_key: Option<PathBuf>,
    /// File of the key that signs what hooks are told, besides the secret of each (Ed25519, PKCS#8 PEM, mode 600).
    #[arg(long, env = "JIUJINAN_HOOK_KEY_FILE", value_name = "FILE")]
    pub hook_key: Option<PathBuf>,
    /// Hosts, HOST or HOST:PORT, that hooks may reach by http and under private addresses. May be given several times.
    #[arg(long = "hook-allow", env = "JIUJINAN_HOOK_ALLOW", value_name = "HOST", value_delimiter = ',')]
    pub hook_allow: Vec<AllowedHost>,
    /// Days that deliveries to hooks are kept after they were taken.
    #[arg(long, env = "JIUJINAN_HOOK_KEEP_DELIVERED", value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub hook_keep_delivered: u32,
    /// Days that deliveries to hooks are kept after they were given up.
    #[arg(long, env = "JIUJINAN_HOOK_KEEP_DEAD", value_name = "DAYS", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub hook_keep_dead: u32,
    /// Requests a second and at once for each caller, PER_SECOND/BURST.
    #[arg(long, env = "JIUJINAN_RATE_LIMIT", default_value = "50/200")]
    pub rate_limit: Rate,
}

/// How to serve.
#[derive(Args, Debug, Clone)]
pub struct Serving {
    /// Address of the interface.
    #[arg(long, env = "JIUJINAN_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address of the metrics, a listener of its own. By default 127.0.0.1:9464; with `dev` any free port.
    #[arg(long, env = "JIUJINAN_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Threads that serve requests; by default one a core.
    #[arg(long, env = "JIUJINAN_WORKERS")]
    pub workers: Option<usize>,
    /// Connections that read.
    #[arg(long, env = "JIUJINAN_POOL_SIZE", default_value_t = 16)]
    pub pool_size: usize,
    /// Moves that may wait for the book before callers are told to come back.
    #[arg(long, env = "JIUJINAN_QUEUE_MAX", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(16..=100_000))]
    pub queue_max: u32,
    /// Moves that the book plays in one transaction.
    #[arg(long, env = "JIUJINAN_BATCH_MAX", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=4096))]
    pub batch_max: u32,
    /// Ready only while a synchronous standby confirms commits.
    #[arg(long, env = "JIUJINAN_REQUIRE_STANDBY")]
    pub require_standby: bool,
    /// How long a stopping server waits for the requests it has accepted.
    #[arg(long, env = "JIUJINAN_STOP_TIMEOUT", default_value = "30s", value_parser = duration)]
    pub stop_timeout: Duration,
    /// What to log: error, warn, info, debug, or a filter of tracing.
    #[arg(long, env = "JIUJINAN_LOG", default_value = "warn,jiujinan=info")]
    pub log: String,
}

impl Default for Serving {
    /// Any free port, everything else as the command line has it.
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 0).into(),
            metrics_listen: None,
            workers: None,
            pool_size: 16,
            queue_max: 4096,
            batch_max: 128,
            require_standby: false,
            stop_timeout: Duration::from_secs(30),
            log: "warn,jiujinan=info".into(),
        }
    }
}

/// Whether to bring the schema up to date first.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrate {
    /// Under a lock, when it is older than this program.
    Auto,
    /// Never: another command does.
    Never,
}

/// `jiujinan dev`
#[derive(Args, Debug, Clone)]
pub struct Dev {
    /// Where database and keys are kept; by default below the home of the user, for root /var/lib/jiujinan.
    #[arg(long, env = "JIUJINAN_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// What a new data directory is filled with.
    #[arg(long, value_enum, default_value = "demo")]
    pub seed: Seed,
    /// How to serve.
    #[command(flatten)]
    pub serving: Serving,
}

/// What a new data directory is filled with.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    /// A demo city with funds.
    Demo,
    /// An empty city with its counties and the dated defaults.
    None,
}

/// `jiujinan token`
#[derive(Args, Debug, Clone)]
pub struct Token {
    /// Roles, separated by commas: clerk approver cashier hospital finance auditor admin.
    #[arg(long, value_delimiter = ',', required = true)]
    pub role: Vec<Role>,
    /// Scope: a division code.
    #[arg(long)]
    pub division: Division,
    /// The person or machine.
    #[arg(long)]
    pub sub: String,
    /// Name of the person.
    #[arg(long)]
    pub name: Option<String>,
    /// Section of the office.
    #[arg(long)]
    pub section: Option<String>,
    /// Credit code of the hospital.
    #[arg(long)]
    pub hospital: Option<String>,
    /// How long it lives, for example 15m.
    #[arg(long, default_value = "15m", value_parser = token_life)]
    pub ttl: Duration,
    /// For a countersign: SHA-256 of the request body, lower-case hexadecimal.
    #[arg(long)]
    pub req: Option<String>,
    /// Whose issuer key signs.
    #[arg(long, env = "JIUJINAN_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

/// A token lives a day at most: nothing longer is accepted by a server either.
fn token_life(text: &str) -> Result<Duration, String> {
    let life = duration(text)?;
    if life > Duration::from_secs(86_400) { Err("a token lives 24h at most".into()) } else { Ok(life) }
}

/// `jiujinan rail-simulator`
#[derive(Args, Debug, Clone)]
pub struct RailSimulator {
    /// Address to listen on.
    #[arg(long, env = "JIUJINAN_SIMULATOR_LISTEN", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// File of its private key (Ed25519, PKCS#8 PEM, mode 600), made when missing; the public half is FILE.pub, to be pinned.
    #[arg(long, env = "JIUJINAN_SIMULATOR_KEY", value_name = "FILE")]
    pub key: PathBuf,
    /// File of the client's public key (Ed25519, PEM); read when the first request comes, so that either end may start first.
    #[arg(long, env = "JIUJINAN_SIMULATOR_CLIENT_KEY", value_name = "FILE")]
    pub client_key: PathBuf,
    /// File that keeps what it has paid; without one, that ends with the process.
    #[arg(long, env = "JIUJINAN_SIMULATOR_LEDGER", value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Where results are called back, for example http://127.0.0.1:8080/v1/rail/results.
    #[arg(long, env = "JIUJINAN_SIMULATOR_CALLBACK", value_name = "URL")]
    pub callback: Option<String>,
    /// Allow call-backs to leave this machine, by https.
    #[arg(long, env = "JIUJINAN_SIMULATOR_CALLBACK_ANYWHERE")]
    pub callback_anywhere: bool,
    /// How it behaves: succeed, refuse or refuse:CODE, delay:MS, drop, twice, return:MS or return:MS:CODE, forget, slow, forge.
    #[arg(long, env = "JIUJINAN_SIMULATOR_BEHAVIOUR", default_value = "succeed")]
    pub behaviour: Behaviour,
}

/// Reads `30s`, `15m`, `12h`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no duration such as 30s, 15m or 12h");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    seconds.filter(|seconds| (1..=86_400 * 365).contains(seconds)).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_have_a_number_and_a_unit() {
        assert_eq!(duration("15m"), Ok(Duration::from_secs(900)));
        for wrong in ["", "m", "15", "-1s", "1.5h", "0s", "99999999999999999999h", "1天"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_setting_of_serve_is_a_variable_too() {
        let cli = Cli::command();
        let serve = cli.find_subcommand("serve").unwrap();
        for argument in serve.get_arguments().filter(|argument| argument.get_id() != "help") {
            assert!(
                argument.get_env().is_some_and(|name| name.to_string_lossy().starts_with("JIUJINAN_")),
                "{}",
                argument.get_id()
            );
        }
    }
}
