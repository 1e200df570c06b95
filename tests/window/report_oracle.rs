//! The figures of reports by queries of their own from the raw tables: nothing here knows the statements under test.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::world::World;

/// A figure of a cell, by a query of its own from the raw tables. `c` is the case, `e` an entry, `h` a hold.
pub struct Oracle<'w> {
    pub world: &'w World,
    /// A month as `to_char` writes it, in Shanghai.
    pub month: &'static str,
    /// First moment of the next month.
    pub end: &'static str,
}

impl Oracle<'_> {
    async fn number(&self, query: String) -> Value {
        let row =
            self.world.database.client().await.query_one(&query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        row.get::<_, Option<i64>>(0).map_or(Value::Null, Value::from)
    }

    /// The figures of the cases, entries and holds that meet a condition.
    async fn figures(&self, of_cases: &str, of_money: &str) -> Value {
        let (month, end) = (self.month, self.end);
        let at = |column: &str| format!("to_char({column} at time zone 'Asia/Shanghai', 'YYYY-MM') = '{month}'");
        let cases = format!("from aid_case c where not c.sealed and {of_cases} and {}", at("c.accepted_at"));
        let entries =
            format!("from entry e join aid_case c on c.id = e.case_id where not c.sealed and {of_money} and {}", at("e.at"));
        let people = format!("select unnest(c.members || c.person) as person {cases} and c.granted > 0");
        let year = format!(
            "select unnest(members || person) as person from aid_case where not sealed and granted > 0
            and accepted_at < '{end}' and accepted_at >= '{end}'::timestamptz - interval '1 year' and division like '3403%'"
        );
        let waits = format!(
            "select extract(epoch from min(e.at) - min(c.accepted_at))::bigint as s
            from entry e join aid_case c on c.id = e.case_id
            where e.credit = 'paid' and not c.sealed and {of_money} group by c.id having {}",
            at("min(e.at)")
        );
        let ranked = |per_cent: i64| {
            format!("select max(s) from (select s, row_number() over (order by s) as n, count(*) over () as all_of from ({waits}) w) r
                where n = (all_of * {per_cent} + 99) / 100")
        };
        let missing = format!("c.completion_due is not null and c.granted > 0 and not c.sealed and {of_cases}");
        json!({
            "cases": self.number(format!("select count(*) {cases}")).await,
            "refused": self.number(format!("select count(*) {cases} and c.state = 'refused'")).await,
            "declined": self.number(format!("select count(*) {cases} and c.state = 'declined'")).await,
            "persons": self.number(format!("select count(*) from (select distinct person from ({people}) p) d")).await,
            "households": self.number(format!(
                "select count(*) from (select distinct (select string_agg(m::text, ',' order by m) from unnest(c.members || c.person) m)
                {cases} and c.granted > 0) d")).await,
            "repeated": self.number(format!(
                "select count(*) from (select distinct person from ({people}) p) d
                where (select count(*) from ({year}) y where y.person = d.person) >= 2")).await,
            "granted_fen": self.number(format!("select coalesce(sum(c.granted), 0)::bigint {cases}")).await,
            "paid_fen": self.number(format!("select coalesce(sum(e.amount), 0)::bigint {entries} and e.credit = 'paid'")).await,
            "returned_fen": self.number(format!(
                "select coalesce(sum(e.amount), 0)::bigint {entries} and e.debit = 'paid' and e.recovery_id is null")).await,
            "recovered_fen": self.number(format!(
                "select coalesce(sum(e.amount), 0)::bigint {entries} and e.debit = 'paid' and e.recovery_id is not null")).await,
            // By the entries, where the report looks at the holds.
            "held_fen": self.number(format!(
                "select coalesce(sum(case when e.credit = 'held' then e.amount when e.debit = 'held' then -e.amount end), 0)::bigint
                from entry e join aid_case c on c.id = e.case_id where not c.sealed and {of_money} and e.at < '{end}'")).await,
            "first_payments": self.number(format!("select count(*) from ({waits}) w")).await,
            "first_payment_median_s": self.number(ranked(50)).await,
            "first_payment_p95_s": self.number(ranked(95)).await,
            "papers_due": self.number(format!(
                "select count(*) from aid_case c where {missing} and to_char(c.completion_due, 'YYYY-MM') = '{month}'")).await,
            "papers_overdue": self.number(format!(
                "select count(*) from aid_case c where {missing} and c.completion_due < ('{end}'::timestamptz at time zone 'Asia/Shanghai')::date
                and (c.missing <> '{{}}' or exists (select from paper p where p.case_id = c.id and p.at >= '{end}'))")).await,
        })
    }

    /// Everything in a report of the city equals what these queries find.
    pub async fn agrees(&self, report: &Value) {
        assert_eq!(report["total"], self.figures("true", "true").await, "total");
        for (section, case_key, money_key) in [
            ("by_division", "c.street", "c.street"),
            ("by_fund", "c.fund_id::text", "e.fund_id::text"),
            ("by_lane", "c.lane::text", "c.lane::text"),
            ("by_cause", "c.cause::text", "c.cause::text"),
        ] {
            let mut keys = BTreeSet::new();
            for line in report[section].as_array().unwrap() {
                let key = line["key"].as_str().unwrap();
                keys.insert(key.to_owned());
                let expected = self.figures(&format!("{case_key} = '{key}'"), &format!("{money_key} = '{key}'")).await;
                assert_eq!(line["figures"], expected, "{section} {key}");
            }
            let all = format!(
                "select string_agg(distinct {case_key}, ',') from aid_case c where not c.sealed
                and to_char(accepted_at at time zone 'Asia/Shanghai', 'YYYY-MM') = '{}'",
                self.month
            );
            let all = self.world.sql_text(&all).await;
            assert!(all.split(',').all(|key| keys.contains(key)), "{section} lacks some of {all}: {keys:?}");
        }
    }
}
