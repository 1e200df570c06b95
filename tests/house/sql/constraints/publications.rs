//! Rules of lists made public.

use crate::sql::constraints::{ONE, Tried, rows};

const LIST: &str =
    "insert into publication (city, published_at, published_by, id, division, granted_from, granted_to, cases, take_down_on)
    values ('3403', '2026-11-21T12:00:00+08:00', 'p', ";
const ROW: &str = "insert into publication_row (city, publication_id, street, granted_on, name, place, case_id, lane, granted)
    values ('3403', gen_random_uuid(), '340303001', '2026-11-21', '', ";
const DOWN: &str =
    "insert into publication_take_down (city, at, officer, reason, publication_id) values ('3403', now(), 'p', '', ";

pub fn rules() -> Vec<Tried> {
    let new = "gen_random_uuid(), ";
    let list = |rest: &str| rows(LIST, &[&format!("{new}{rest}")]);
    let row = |rest: &str| rows(ROW, &[rest]);
    vec![
        (
            "publication_lies_in_its_city",
            list("'340303', '2026-11-01', '2026-11-30', 1, '2026-11-22'"),
            list("'340103', '2026-11-01', '2026-11-30', 1, '2026-11-22'"),
        ),
        (
            "publication_is_of_a_span",
            list("'340303', '2026-11-01', '2026-11-01', 1, '2026-11-22'"),
            list("'340303', '2026-11-02', '2026-11-01', 1, '2026-11-22'"),
        ),
        ("nothing_is_published_for_nobody", vec![], list("'340303', '2026-11-01', '2026-11-30', 0, '2026-11-22'")),
        ("publication_is_shown_for_a_while", vec![], list("'340303', '2026-11-01', '2026-11-30', 1, '2026-11-21'")),
        ("case_is_published_once", row(&format!("1, {ONE}, 'advance', 1")), row(&format!("2, {ONE}, 'advance', 1"))),
        ("quick_aid_is_never_published", row("1, gen_random_uuid(), 'county', 1"), row("1, gen_random_uuid(), 'quick', 1")),
        ("published_case_was_granted", vec![], row("1, gen_random_uuid(), 'advance', 0")),
        ("publication_is_taken_down_once", rows(DOWN, &[ONE]), rows(DOWN, &[ONE])),
    ]
}
