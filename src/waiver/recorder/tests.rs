use std::path::Path;

use super::*;
use crate::id::CheckId;
use crate::waiver::verdict::Stay;

fn row() -> CheckRow {
    CheckRow {
        id: CheckId::new(),
        subject: "urn:jiujinan:dev#billing-1".into(),
        hospital: "11341729003258285D".into(),
        division: "340303".parse().unwrap(),
        person: uuid::Uuid::new_v4(),
        stay: Stay::Inpatient,
        answer: Code::Waived,
        deposit: None,
        roster_version: 7,
        roster_as_of: Timestamp::UNIX_EPOCH,
        stale: false,
        answered_at: Timestamp::now(),
        replaces: None,
    }
}

fn text(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("waiver-checks.jsonl")).unwrap()
}

/// What records while the database is away.
fn work(journal: Option<Journal>) -> Work {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config: Config = "postgresql://nobody@127.0.0.1:1/nothing".parse().unwrap();
    let (connector, metrics) = (db::connector(None).unwrap(), Arc::new(Metrics::new().unwrap()));
    Work { config, connector, journal, metrics, session: None, quiet_until: None }
}

fn recorder(journal: Option<Journal>) -> Recorder {
    let (queue, waiting) = mpsc::channel(WAITING_MAX);
    tokio::spawn(work(journal).run(waiting));
    Recorder { queue }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_in_the_journal_is_on_the_disk_before_anybody_hears_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let recorder = recorder(Some(Journal::open(dir.path()).unwrap()));
    for _ in 0..100 {
        let row = row();
        let id = row.id.to_string();
        assert_eq!(recorder.record(row).await.unwrap(), Recorded::Journal);
        assert!(text(dir.path()).contains(&id), "answered before it was written");
    }
}

#[tokio::test]
async fn what_the_database_did_not_take_stays_in_the_journal() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.append(&[row(), row(), row()]).unwrap();
    let before = text(dir.path());
    let mut work = work(Some(journal));
    for _ in 0..3 {
        work.quiet_until = None;
        assert!(work.drains());
        work.drain().await;
        assert!(!work.drains(), "the database is left alone for a moment");
    }
    assert_eq!(text(dir.path()), before);
    assert!(!work.journal.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_recorded_nowhere_is_not_answered() {
    let refused = recorder(None).record(row()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Overloaded);
}

#[test]
fn a_journal_gives_the_oldest_first_and_forgets_what_is_drained_alone() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<CheckRow> = (0..5).map(|_| row()).collect();
    let mut journal = Journal::open(dir.path()).unwrap();
    assert!(Journal::open(dir.path()).is_err(), "it is of one server alone");
    journal.append(&rows).unwrap();
    let ids = |chunk: &crate::waiver::journal::Chunk| chunk.rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let first = journal.oldest(2).unwrap();
    assert_eq!(ids(&first), [rows[0].id, rows[1].id]);
    assert_eq!(ids(&journal.oldest(2).unwrap()), ids(&first), "looking takes nothing");
    journal.drained(&first).unwrap();
    assert_eq!(ids(&journal.oldest(9).unwrap()), [rows[2].id, rows[3].id, rows[4].id]);
    assert_eq!(text(dir.path()).lines().count(), 5, "the file is emptied when all of it is drained");
    let rest = journal.oldest(9).unwrap();
    journal.drained(&rest).unwrap();
    assert!(journal.is_empty() && text(dir.path()).is_empty());
}

#[test]
fn half_a_line_is_taken_away_and_a_strange_one_kept_aside() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [row(), row()];
    Journal::open(dir.path()).unwrap().append(&rows).unwrap();
    let path = dir.path().join("waiver-checks.jsonl");
    let lines: Vec<String> = text(dir.path()).lines().map(str::to_owned).collect();
    std::fs::write(&path, format!("{}\n{{}}\n{}\n{}", lines[0], lines[1], &lines[0][..40])).unwrap();
    let mut journal = Journal::open(dir.path()).unwrap();
    journal.append(&[row()]).unwrap();
    let chunk = journal.oldest(9).unwrap();
    assert_eq!(chunk.rows.len(), 3);
    journal.drained(&chunk).unwrap();
    assert_eq!(std::fs::read_to_string(dir.path().join("waiver-checks.strange")).unwrap(), "{}\n");
    assert!(journal.is_empty());
}
