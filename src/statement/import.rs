//! An import: all or nothing. One transaction takes a statement in, after the last one of its account, and matches what names itself.

use std::collections::BTreeMap;
use std::pin::pin;

use actix_web::web::{Data, block};
use bytes::Bytes;
use futures_util::SinkExt as _;
use jiff::Timestamp;
use jiff::civil::Date;
use postgres_types::ToSql;
use serde::Serialize;
use tokio_postgres::{Error, Row, Transaction};

use crate::actor::Actor;
use crate::audit::{self, Leaf};
use crate::book::{Answer, Desk, answered, fallen, read_fund, record};
use crate::code::Code;
use crate::fund::account_number;
use crate::http::{Faults, FileKind, Problem, Reply, RequestKey};
use crate::id::{FundId, LeafId, StatementId};
use crate::identity::AccountNumber;
use crate::money::Fen;
use crate::reads::Readers;
use crate::statement::answer::{CodeTotal, ImportedAnswer, totals};
use crate::statement::judged::{Eyes, Wanted};
use crate::statement::pair::{Pair, pair};
use crate::statement::stage::{Staged, stage};
use crate::statement::{FAULTS_MAX, Fault, File, Kind, Profiles};
use crate::time::day;
use crate::vault::{BlindIndex, Vault};

/// A statement that is to be taken in, and who brings it.
pub struct Import<'a> {
    pub actor: &'a Actor,
    pub fund: FundId,
    pub file: File,
    pub sha256: [u8; 32],
    pub key: RequestKey,
}

#[derive(Serialize)]
struct Imported {
    closing: Fen,
    file_sha256: String,
    from: Date,
    fund_id: FundId,
    lines: usize,
    matched: usize,
    matched_before: usize,
    opening: Fen,
    sequence: i64,
    statement_id: StatementId,
    to: Date,
}

impl audit::Body for Imported {
    const KIND: &'static str = "statement.imported";
}

/// What a reader found wrong with a file, as an answer.
fn unreadable(found: &[Fault]) -> Problem {
    let mut faults = Faults::up_to(FAULTS_MAX);
    for fault in found {
        let pointer = fault.at.map_or_else(|| format!("/{}", fault.field.replace(' ', "_")), |at| format!("/lines/{at}"));
        faults.add(pointer, fault.to_string());
    }
    faults.verdict().err().unwrap_or_else(|| Problem::fault("/file", "the file can not be read"))
}

/// Reads a file, away from the threads that serve requests.
pub async fn read(bytes: Vec<u8>, kind: FileKind, profile: Option<&str>) -> Result<File, Problem> {
    let by_profile = || {
        let profiles = Profiles::built_in().map_err(Problem::internal)?;
        let known = || profiles.ids().collect::<Vec<_>>().join(", ");
        let found = profile.and_then(|id| profiles.named(id).ok()).cloned();
        found.ok_or_else(|| Problem::fault("/profile", format!("the bank's profile is needed, one of {}", known())))
    };
    let profile = match kind {
        FileKind::Xml | FileKind::Ndjson => None,
        FileKind::Csv(_) | FileKind::Xlsx => Some(by_profile()?),
    };
    let read = block(move || match (&profile, kind) {
        (None, _) => File::read(&bytes, Kind::Camt),
        (Some(profile), FileKind::Xlsx) => File::read(&bytes, Kind::Xlsx(profile)),
        (Some(profile), FileKind::Csv(_) | FileKind::Ndjson | FileKind::Xml) => File::read(&bytes, Kind::Csv(profile)),
    });
    read.await.map_err(Problem::internal)?.map_err(|found| unreadable(&found))
}

impl Import<'_> {
    /// Takes the statement in. The same request again finds its answer, whoever else brought the file meanwhile.
    pub async fn play(self, mut desk: Desk, readers: &Readers, vault: &Data<Vault>) -> Result<Reply, Problem> {
        let city = self.actor.city();
        if let Some(reply) = answered(&*desk, city, &self.key).await? {
            return Ok(reply);
        }
        let account = self.account(readers, vault).await?;
        let (id, file, sealing) = (StatementId::new(), self.file.clone(), vault.clone());
        let staged = block(move || stage(&sealing, id, &file)).await.map_err(Problem::internal)??;
        let transaction = desk.transaction().await.map_err(|error| fallen(&error))?;
        let lock = include_str!("../../sql/statement/lock.sql");
        transaction.query_one(lock, &[&city, &self.fund]).await.map_err(|error| fallen(&error))?;
        if let Some(reply) = answered(&transaction, city, &self.key).await? {
            return Ok(reply);
        }
        let sql = include_str!("../../sql/statement/before.sql");
        let params: [&(dyn ToSql + Sync); 4] = [&city, &account, &self.file.sequence, &self.sha256.as_slice()];
        let before = transaction.query_one(sql, &params).await.map_err(|error| fallen(&error))?;
        self.follows(&before)?;
        let now: Timestamp = before.get("now");
        self.write(&transaction, (id, account), &staged, now).await.map_err(|error| fallen(&error))?;
        let (answer, leaf) = self.match_all(&transaction, id, staged, vault, now).await?;
        record(&transaction, &leaf, now, Some((self.key, &answer))).await.map_err(|error| fallen(&error))?;
        transaction.commit().await.map_err(|error| fallen(&error))?;
        Ok(Reply::new(answer.status, answer.body.into()))
    }

    /// The fund lies in the caller's scope, and the file is of its account.
    async fn account(&self, readers: &Readers, vault: &Vault) -> Result<BlindIndex, Problem> {
        let sql = include_str!("../../sql/fund/find.sql");
        let row = readers.optional(self.actor, sql, &[&self.actor.city(), &self.fund]).await?;
        let fund = row.as_ref().map(read_fund).ok_or_else(|| Problem::outside_scope(self.actor.scope))?;
        let Some(sealed) = fund.account.as_deref() else {
            return Err(Problem::new(Code::Conflict, "the fund has no account: set it first"));
        };
        let bare = |number: &str| number.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
        let (own, told) = (bare(&account_number(fund.id, sealed, vault)?), bare(&self.file.account));
        if own != told {
            let shown = |number: &str| AccountNumber::parse(number).map_or_else(|_| "***".into(), |number| number.masked());
            let detail = format!("the file is of account {}, the fund has {}", shown(&told), shown(&own));
            return Err(Problem::fault("/account", detail));
        }
        Ok(vault.blind_index("statement_of", &own))
    }

    /// Whether the statement follows the last one of its account.
    fn follows(&self, before: &Row) -> Result<(), Problem> {
        let conflict = |detail: String| Err(Problem::new(Code::Conflict, detail));
        if before.get::<_, Option<StatementId>>("same_file").is_some() {
            return conflict("this file was taken in before".into());
        }
        let (sequence, today) = (self.file.sequence, day(before.get("now")));
        if self.file.to > today {
            return Err(Problem::fault("/to", format!("it ends on {}, today is {today}", self.file.to)));
        }
        if before.get::<_, Option<StatementId>>("same_sequence").is_some() {
            return conflict(format!("statement {sequence} of this account was taken in before"));
        }
        let (last, closing): (Option<i64>, Option<Fen>) = (before.get("last_sequence"), before.get("last_closing"));
        let to: Option<Date> = before.get("last_to_day");
        let (Some(last), Some(closing), Some(to)) = (last, closing, to) else { return Ok(()) };
        if sequence < last {
            return conflict(format!("statement {sequence} comes before {last}, the last one taken in"));
        }
        if self.file.opening != closing {
            let opening = self.file.opening;
            return conflict(format!("opening {opening} yuan, statement {last} closed at {closing}: a page is missing"));
        }
        if self.file.from < to {
            return conflict(format!("it begins on {}, statement {last} ended on {to}", self.file.from));
        }
        Ok(())
    }

    async fn write(
        &self,
        transaction: &Transaction<'_>,
        (id, account): (StatementId, BlindIndex),
        staged: &Staged,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (city, file) = (self.actor.city(), &self.file);
        let lines = i32::try_from(file.lines.len()).unwrap_or(i32::MAX);
        let (sha256, officer) = (self.sha256.as_slice(), self.actor.subject.as_str());
        let params: [&(dyn ToSql + Sync); 13] = [
            &city,
            &id,
            &self.fund,
            &account,
            &file.sequence,
            &file.from,
            &file.to,
            &file.opening,
            &file.closing,
            &lines,
            &sha256,
            &officer,
            &now,
        ];
        transaction.execute(include_str!("../../sql/statement/insert.sql"), &params).await?;
        transaction.batch_execute(include_str!("../../sql/statement/stage.sql")).await?;
        let mut sink = pin!(transaction.copy_in(include_str!("../../sql/statement/copy.sql")).await?);
        sink.send(Bytes::from(staged.copy.clone())).await?;
        sink.finish().await?;
        transaction.execute(include_str!("../../sql/statement/insert_lines.sql"), &[&city, &id, &self.fund]).await?;
        Ok(())
    }

    /// Matches the lines of the fund that name a movement: those of this statement, and those before it that found none until now.
    async fn match_all(
        &self,
        transaction: &Transaction<'_>,
        id: StatementId,
        staged: Staged,
        vault: &Vault,
        now: Timestamp,
    ) -> Result<(Answer, Leaf), Problem> {
        let (city, eyes) = (self.actor.city(), Eyes::Import(transaction, self.actor.city()));
        let older = eyes.lines(Wanted { fund: self.fund, statement: None, line: None }).await?;
        let mut lines: Vec<_> = older.into_iter().filter(|line| line.at.0 != id).collect();
        lines.extend(staged.lines);
        let movements = eyes.movements(self.fund, &[], vault).await?;
        let pairs = pair(&lines, &movements);
        self.insert(transaction, &pairs, now).await.map_err(|error| fallen(&error))?;
        let matched = pairs.iter().filter(|pair| pair.line.0 == id).count();
        let judged = eyes.judge(Wanted { fund: self.fund, statement: Some(id), line: None }, vault).await?;
        let suggested = judged.lines.iter().filter(|(_, judgement)| !judgement.suggestions.is_empty()).count();
        let differences: BTreeMap<_, CodeTotal> = totals(&judged);
        let file = &self.file;
        let said = Imported {
            closing: file.closing,
            file_sha256: hex::encode(self.sha256),
            from: file.from,
            fund_id: self.fund,
            lines: file.lines.len(),
            matched,
            matched_before: pairs.len() - matched,
            opening: file.opening,
            sequence: file.sequence,
            statement_id: id,
            to: file.to,
        };
        let leaf = Leaf::new(city, LeafId::new(), now, self.actor.subject.as_str(), &said);
        let answer = ImportedAnswer {
            id,
            lines: file.lines.len(),
            matched,
            matched_before: pairs.len() - matched,
            suggested,
            differences: differences.into_values().collect(),
        };
        Ok((Answer::json(201, &answer), leaf))
    }

    async fn insert(&self, transaction: &Transaction<'_>, pairs: &[Pair], now: Timestamp) -> Result<(), Error> {
        let (city, officer) = (self.actor.city(), self.actor.subject.as_str());
        let statements: Vec<_> = pairs.iter().map(|pair| pair.line.0).collect();
        let lines: Vec<_> = pairs.iter().map(|pair| pair.line.1).collect();
        let versions: Vec<_> = pairs.iter().map(|pair| pair.movement.0).collect();
        let ordinals: Vec<_> = pairs.iter().map(|pair| pair.movement.1).collect();
        let keys: Vec<_> = pairs.iter().map(|pair| pair.key).collect();
        let params: [&(dyn ToSql + Sync); 9] =
            [&city, &self.fund, &officer, &now, &statements, &lines, &versions, &ordinals, &keys];
        transaction.execute(include_str!("../../sql/statement/insert_matches.sql"), &params).await.map(|_| ())
    }
}
