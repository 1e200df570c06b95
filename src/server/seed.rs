//! What a new data directory is filled with: the dated defaults, and a demo city.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::sync::watch;
use tokio_postgres::Config;
use tokio_postgres::error::SqlState;

use crate::actor::{Actor, Role, Roles, Subject};
use crate::book::{Aside, Book, BookSettings, Key, Source};
use crate::db::{self, Connector};
use crate::division::City;
use crate::fund::{Movement, OpenFund, TopUp};
use crate::hospital;
use crate::http::{self, Charset, FileKind, RequestKey};
use crate::id::{FundId, LeafId};
use crate::money::Fen;
use crate::policy::{FundKind, Limits};
use crate::roster::Mode;
use crate::server::command::{self, connect};
use crate::server::{import, rules};
use crate::telemetry::Metrics;
use crate::vault::Vault;

/// The demo city: 蚌埠市.
pub const CITY: &str = "3403";
/// A street of it: 天桥街道, 蚌山区.
pub const STREET: &str = "340303001";
/// A hospital of it (a published code of a public body).
pub const HOSPITAL: &str = "11341729003258285D";

const DIVISIONS: &str = include_str!("../../deploy/divisions/3403.csv");
const CALENDAR: &str = include_str!("../../deploy/calendar/cn-2004-2026.csv");
const HOSPITALS: &str = include_str!("../../deploy/demo/hospitals.csv");
const ROSTER: &str = include_str!("../../deploy/demo/roster.csv");
const POLICIES: [&str; 2] = [include_str!("../../deploy/policy/cn-2025.toml"), include_str!("../../deploy/policy/cn-2026.toml")];

/// Name, division, kind, and what is in it, in fen.
const FUNDS: [(&str, &str, FundKind, i64); 6] = [
    ("天桥街道临时救助备用金", "340303001", FundKind::StreetReserve, 3_140_000),
    ("青年街道临时救助备用金", "340303002", FundKind::StreetReserve, 2_000_000),
    ("东风街道临时救助备用金", "340302001", FundKind::StreetReserve, 2_000_000),
    ("大庆街道临时救助备用金", "340304001", FundKind::StreetReserve, 2_000_000),
    ("蚌埠市疾病应急救助基金", "3403", FundKind::EmergencyTreatment, 50_000_000),
    ("蚌埠市救急难基金", "3403", FundKind::ReliefFund, 20_000_000),
];

/// Makes the database when it is not there.
pub async fn create_database(config: &Config, connector: &Connector, name: &str) -> anyhow::Result<()> {
    let client = db::connect(config, connector, Duration::from_secs(10)).await?;
    if client.query_opt(include_str!("../../sql/db/find_database.sql"), &[&name]).await?.is_none() {
        // The name is ours, and a database can not be made with a parameter.
        let made = client.batch_execute(include_str!("../../sql/db/create_database.sql")).await;
        // Another process may have made it meanwhile.
        let there = |error: &tokio_postgres::Error| {
            matches!(error.code(), Some(&SqlState::DUPLICATE_DATABASE | &SqlState::UNIQUE_VIOLATION))
        };
        if let Err(error) = made.as_ref()
            && !there(error)
        {
            made.context("the database can not be made")?;
        }
    }
    Ok(())
}

/// Imports the divisions of the city, the calendar and the rules of 2025 and 2026.
pub async fn defaults(config: &Config, connector: &Connector) -> anyhow::Result<()> {
    let mut client = connect::owner(config, connector).await?;
    let stamp = client.query_one(include_str!("../../sql/policy/versions_count.sql"), &[]).await?;
    if stamp.get::<_, i64>("versions") > 0 {
        return Ok(());
    }
    import::divisions(&mut client, DIVISIONS).await?;
    import::calendar(&mut client, CALENDAR).await?;
    for policy in POLICIES {
        import::policy(&mut client, policy).await?;
    }
    Ok(())
}

/// Opens the demo city's funds and tops them up, through the book like everybody else. Keys make it happen once.
pub async fn demo(config: &Config, connector: &Connector, vault: &Vault) -> anyhow::Result<()> {
    let pool = db::reader_pool(config, connector, 1)?;
    let (_announce, follow) = watch::channel(Arc::new(rules::load(&pool).await?));
    let (book, writer) =
        Book::open(&BookSettings::default(), config.clone(), connector.clone(), follow, Arc::new(Metrics::new()?));
    let actor = Arc::new(Actor {
        subject: Subject::new("urn:jiujinan:dev", "seed"),
        roles: Roles::of(&[Role::Finance]),
        scope: CITY.parse()?,
        section: None,
        hospital: None,
    });
    for (name, division, kind, fen) in FUNDS {
        let key = |verb: &str| {
            let digest = vault.fingerprint(&[b"seed", verb.as_bytes(), name.as_bytes()]);
            Key::Of(RequestKey { digest, fingerprint: digest })
        };
        let open = OpenFund {
            actor: actor.clone(),
            id: FundId::new(),
            division: division.parse()?,
            kind,
            name: name.into(),
            target: Fen::new(fen),
            floor: Fen::ZERO,
            limits: Limits::default(),
            account: None,
            context: http::Context::house(),
            subject_codes: vec!["2082001".to_owned(), "50901".to_owned()].into(),
            leaf: LeafId::new(),
        };
        let opened = book
            .play(actor.city(), key("open"), open)
            .await
            .map_err(|problem| anyhow::anyhow!("{}", problem.detail().to_owned()))?;
        let opened: serde_json::Value = serde_json::from_slice(&opened.body)?;
        let fund: FundId = serde_json::from_value(opened.get("id").cloned().unwrap_or_default())?;
        let movement = Movement {
            actor: actor.clone(),
            fund,
            amount: Fen::new(fen),
            source: Source::District,
            reference: Some("demo".into()),
            value_date: None,
            account: None,
            leaf: LeafId::new(),
        };
        let top_up = TopUp { movement, pool: None, holds: Vec::new() };
        book.play(actor.city(), key("top-up"), top_up)
            .await
            .map_err(|problem| anyhow::anyhow!("{}", problem.detail().to_owned()))?;
    }
    drop(book);
    writer.await?;
    registers(config, connector, vault).await
}

/// The demo city's hospital, and people on its roster who were born in the 1880s. A roster that was imported meanwhile stays.
async fn registers(config: &Config, connector: &Connector, vault: &Vault) -> anyhow::Result<()> {
    let aside = Aside::new(config, connector.clone());
    let open = async || aside.open().await.map_err(|problem| anyhow::anyhow!("{}", problem.detail().to_owned()));
    let mut desk = open().await?;
    let city: City = CITY.parse()?;
    if desk.query_opt(include_str!("../../sql/hospital/newest.sql"), &[&city, &HOSPITAL]).await?.is_none() {
        hospital::import(&mut desk, "urn:jiujinan:dev#seed", HOSPITALS).await?;
    }
    let known = desk.query_one(include_str!("../../sql/roster/version.sql"), &[&city]).await?;
    if known.get::<_, i64>("version") == 0 {
        let kind = FileKind::Csv(Charset::Utf8);
        command::take_in(desk, vault, city, kind, Mode::Full, ROSTER.as_bytes()).await?;
    }
    Ok(())
}

/// The body of a case that the demo city pays: a person who was never helped, born in the 1880s so that nobody is meant.
pub fn demo_case() -> anyhow::Result<String> {
    let mut random = [0; 4];
    getrandom::fill(&mut random).context("no randomness")?;
    let random = u32::from_be_bytes(random);
    let (day, month, year, sequence) = (random % 28 + 1, random / 28 % 12 + 1, random / 336 % 10 + 1880, random / 3360 % 1000);
    let head = format!("340303{year}{month:02}{day:02}{sequence:03}");
    let weights = [7u32, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    let check = "10X98765432".chars().nth((sum % 11) as usize).context("no check digit")?;
    let yesterday = crate::time::rfc3339(jiff::Timestamp::now() - jiff::SignedDuration::from_hours(20));
    let body = serde_json::json!({
        "division": STREET,
        "incident": {"cause": "illness", "place": "天桥街道", "occurred_at": yesterday},
        "applicant": {"id_type": "resident_id", "id_no": format!("{head}{check}"), "name": "测试人"},
        "requested_fen": 60_000,
        "payments": [{"method": "cash"}]
    });
    Ok(body.to_string())
}
