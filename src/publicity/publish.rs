//! `POST /v1/publicity`: a list is made public.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use postgres_types::ToSql;
use serde::Serialize;
use tokio_postgres::{Error, Row, Transaction};

use crate::actor::Actor;
use crate::audit::{self, Leaf, sha256_hex};
use crate::book::{Answer, Desk, Rules, answered, fallen, record};
use crate::case::applicant;
use crate::code::Code;
use crate::division::Division;
use crate::http::{Problem, Reply, RequestKey};
use crate::id::{CaseId, LeafId, PublicationId};
use crate::money::Fen;
use crate::policy::Lane;
use crate::publicity::answer::{ListState, PublicationAnswer};
use crate::publicity::body::PublicationBody;
use crate::publicity::name::seal;
use crate::publicity::rule::{Candidate, is_published};
use crate::time::{day, rfc3339};
use crate::vault::Vault;

/// Cases of one list at most: it is read in one piece.
const CASES_MAX: usize = 5000;
/// Days that a list is shown at most.
const SHOWN_MAX: i32 = 366;

/// A list to be published.
pub struct Publish<'a> {
    pub actor: &'a Actor,
    pub key: RequestKey,
    pub body: &'a PublicationBody,
    pub rules: &'a Rules,
    pub vault: &'a Vault,
    pub id: PublicationId,
}

#[derive(Serialize)]
struct Published {
    cases: usize,
    division: Division,
    from: Date,
    publication_id: PublicationId,
    /// Over every row with the commitment to its name: it can be shown what was published, and tells nothing of it.
    rows_sha256: String,
    take_down_on: Date,
    to: Date,
}

impl audit::Body for Published {
    const KIND: &'static str = "publicity.published";
}

/// A row as it is written.
struct Line {
    case: CaseId,
    street: Division,
    lane: Lane,
    granted: Fen,
    granted_on: Date,
    name: Vec<u8>,
    commitment: String,
}

impl Publish<'_> {
    /// Publishes at a desk. One publication of a city at a time: two of the same span share their cases out.
    pub async fn at(&self, desk: &mut Desk) -> Result<Reply, Problem> {
        let (city, (from, to)) = (self.actor.city(), self.span()?);
        let transaction = desk.transaction().await.map_err(|error| fallen(&error))?;
        lock(&transaction, self.actor).await?;
        if let Some(reply) = answered(&transaction, city, &self.key).await? {
            return Ok(reply);
        }
        if !self.actor.reaches(&self.body.division) {
            return Err(Problem::outside_scope(self.body.division));
        }
        let now = now(&transaction).await?;
        let take_down_on = self.take_down_on(day(now))?;
        let params: [&(dyn ToSql + Sync); 5] =
            [&city, &self.body.division, &from, &to, &i64::try_from(CASES_MAX + 1).unwrap_or(i64::MAX)];
        let sql = include_str!("../../sql/publicity/candidates.sql");
        let candidates = transaction.query(sql, &params).await.map_err(|error| fallen(&error))?;
        if candidates.len() > CASES_MAX {
            return Err(Problem::fault("/to", format!("more than {CASES_MAX} cases: publish a shorter span")));
        }
        let mut lines = Vec::new();
        for row in &candidates {
            lines.extend(self.line(row, lines.len())?);
        }
        if lines.is_empty() {
            return Err(Problem::new(Code::Conflict, "no case of these days is left that may be published"));
        }
        let answer = self.answer(from, to, lines.len(), take_down_on, now);
        let answer = Answer::json(201, &answer);
        let written = self.write(&transaction, (from, to), &lines, take_down_on, now, &answer).await;
        written.map_err(|error| fallen(&error))?;
        transaction.commit().await.map_err(|error| fallen(&error))?;
        Ok(Reply::new(answer.status, answer.body.into()))
    }

    fn span(&self) -> Result<(Date, Date), Problem> {
        self.body.span().ok_or_else(|| Problem::fault("/month", "a list is of a month, or of days from and to"))
    }

    fn take_down_on(&self, today: Date) -> Result<Date, Problem> {
        let rule = self.rules.policies.at(&self.body.division, today).map(|policy| policy.publicity.clone()).unwrap_or_default();
        let after = |days: i32| today.checked_add(days.days()).map_err(Problem::internal);
        let last = after(SHOWN_MAX)?;
        match self.body.take_down_on {
            None => after(rule.days.into()),
            Some(named) if named > today && named <= last => Ok(named),
            Some(_) => {
                Err(Problem::fault("/take_down_on", format!("a day after today is needed, {SHOWN_MAX} days ahead at most")))
            }
        }
    }

    /// The line of a case, if it may be published.
    fn line(&self, row: &Row, before: usize) -> Result<Option<Line>, Problem> {
        let (case, granted_on): (CaseId, Date) = (row.get("id"), row.get("granted_on"));
        let version: &str = row.get("policy_version");
        // Another server may have decided by rules that this one is about to load.
        let missing = || Problem::new(Code::Overloaded, format!("the rules {version} are not loaded yet")).retry_after(1);
        let policy = self.rules.policies.named(version).ok_or_else(missing)?;
        let Some(asks) = applicant(self.vault, case, row.get("parties"), granted_on)? else { return Ok(None) };
        let lane = row.get("lane");
        let candidate = Candidate { lane, cause: row.get("cause"), sealed: row.get("sealed"), age: asks.age };
        if !is_published(&policy.publicity, &candidate) {
            return Ok(None);
        }
        let name = seal(self.vault, self.id, place(before)?, &asks.name)?;
        Ok(Some(Line {
            case,
            street: row.get("street"),
            lane,
            granted: row.get("granted"),
            granted_on,
            commitment: hex::encode(name.commitment()),
            name: name.into_bytes(),
        }))
    }

    fn answer(&self, from: Date, to: Date, cases: usize, take_down_on: Date, now: Timestamp) -> PublicationAnswer {
        PublicationAnswer {
            id: self.id,
            division: self.body.division,
            from,
            to,
            cases: i64::try_from(cases).unwrap_or(i64::MAX),
            published_at: rfc3339(now),
            published_by: self.actor.subject.sub().to_owned(),
            take_down_on,
            state: ListState::Shown,
            taken_down_at: None,
            taken_down_by: None,
        }
    }

    async fn write(
        &self,
        transaction: &Transaction<'_>,
        (from, to): (Date, Date),
        lines: &[Line],
        take_down_on: Date,
        now: Timestamp,
        answer: &Answer,
    ) -> Result<(), Error> {
        let (city, subject) = (self.actor.city(), self.actor.subject.as_str());
        let cases = i32::try_from(lines.len()).unwrap_or(i32::MAX);
        let params: [&(dyn ToSql + Sync); 9] =
            [&city, &self.id, &self.body.division, &from, &to, &cases, &now, &subject, &take_down_on];
        transaction.execute(include_str!("../../sql/publicity/insert.sql"), &params).await?;
        let ids: Vec<CaseId> = lines.iter().map(|line| line.case).collect();
        let streets: Vec<Division> = lines.iter().map(|line| line.street).collect();
        let lanes: Vec<Lane> = lines.iter().map(|line| line.lane).collect();
        let granted: Vec<Fen> = lines.iter().map(|line| line.granted).collect();
        let days: Vec<Date> = lines.iter().map(|line| line.granted_on).collect();
        let names: Vec<&[u8]> = lines.iter().map(|line| &*line.name).collect();
        let params: [&(dyn ToSql + Sync); 8] = [&city, &self.id, &ids, &streets, &lanes, &granted, &days, &names];
        transaction.execute(include_str!("../../sql/publicity/insert_rows.sql"), &params).await?;
        let said = Published {
            cases: lines.len(),
            division: self.body.division,
            from,
            publication_id: self.id,
            rows_sha256: digest(lines),
            take_down_on,
            to,
        };
        record(transaction, &Leaf::new(city, LeafId::new(), now, subject, &said), now, Some((self.key, answer))).await
    }
}

/// Places are counted from one.
fn place(before: usize) -> Result<i32, Problem> {
    i32::try_from(before + 1).map_err(Problem::internal)
}

/// Over the rows, one a line.
fn digest(lines: &[Line]) -> String {
    let text: String = lines
        .iter()
        .zip(1..)
        .map(|(line, place): (_, usize)| {
            let (lane, granted) = (line.lane.as_str(), line.granted.get());
            format!("{place}\t{}\t{}\t{lane}\t{granted}\t{}\t{}\n", line.case, line.street, line.granted_on, line.commitment)
        })
        .collect();
    sha256_hex(text.as_bytes())
}

/// One change of a city's publications at a time.
pub async fn lock(transaction: &Transaction<'_>, actor: &Actor) -> Result<(), Problem> {
    let sql = include_str!("../../sql/publicity/lock.sql");
    transaction.query_one(sql, &[&actor.city()]).await.map(|_| ()).map_err(|error| fallen(&error))
}

/// The database's clock.
pub async fn now(transaction: &Transaction<'_>) -> Result<Timestamp, Problem> {
    let clock = transaction.query_one(include_str!("../../sql/book/now.sql"), &[]).await.map_err(|error| fallen(&error))?;
    Ok(clock.get("now"))
}
