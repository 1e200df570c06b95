//! A month by chance: whatever moves, the bank's lines that follow from it are matched, and nothing is left unexplained.

use jiujinan::actor::Role;
use serde_json::json;

use crate::statements::{all_paid, top_up, transfer};
use crate::world::bank::{Bank, result};
use crate::world::statement::Paper;
use crate::world::{STREET, World, case, today, until};

/// Small numbers in a row that is the same in every run (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }

    fn fen(&mut self, most: u64) -> i64 {
        // Few different amounts, so that many are equal.
        i64::try_from(self.below(most) + 1).unwrap() * 10_000
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_by_chance_ends_without_a_difference() {
    for seed in 1..=2 {
        month(seed).await;
    }
}

async fn month(seed: u64) {
    let mut draw = Draw(seed);
    let bank = Bank::new("succeed");
    let world = World::with_bank(&bank).await;
    let (fund, number) = world.fund_at_bank(STREET, "street_reserve").await;
    top_up(&world, &fund, 5_000_000, "结转", "2025-12-31").await;
    let cashier = world.token(&[Role::Cashier], STREET, "cashier-1");
    let open = json!({"fund_id": fund, "division": STREET, "count_fen": 0});
    let shift = world.post("/v1/custody/shifts", &cashier, &open).once().send().await.expect(201).text_at("/id");
    let (mut lines, mut paid, mut cash): (Vec<(i64, String)>, i64, i64) = (Vec::new(), 0, 0);
    let mut transfers = Vec::new();
    for step in 0..40 {
        match draw.below(6) {
            0 => {
                let (fen, reference) = (draw.fen(5), format!("T-{step}"));
                top_up(&world, &fund, fen, &reference, &today()).await;
                lines.push((fen, format!("拨款 {reference}")));
            }
            1 => {
                let (fen, reference) = (draw.fen(3), format!("W-{step}"));
                let body = json!({"amount_fen": fen, "reference": reference, "value_date": today()});
                world.post(&format!("/v1/funds/{fund}/withdrawals"), &world.finance(), &body).once().send().await.expect(201);
                lines.push((-fen, reference));
            }
            2 | 3 => {
                let fen = draw.fen(7);
                let [_, id, ..] = transfer(&world, &fund, fen).await;
                lines.push((-fen, id.clone()));
                paid += fen;
                transfers.push((id, fen));
            }
            4 => {
                let back = draw.below(2) == 1 && cash > 0;
                let fen = if back { cash } else { draw.fen(7) };
                let (direction, sign) = if back { ("paid_in", 1) } else { ("drawn", -1) };
                let reference = format!("C-{step}");
                let moved = json!({
                    "shift_id": shift, "direction": direction, "amount_fen": fen, "reference": reference, "value_date": today()
                });
                world.post("/v1/custody/transfers", &cashier, &moved).once().send().await.expect(201);
                lines.push((sign * fen, reference));
                cash -= sign * fen;
            }
            _ if cash >= 10_000 => {
                world.fast_track(&case(STREET, 10_000)).send().await.expect(201);
                cash -= 10_000;
                paid += 10_000;
            }
            _ => {}
        }
    }
    all_paid(&world, &fund, paid).await;
    for (id, fen) in transfers.iter().filter(|_| draw.below(3) == 0) {
        bank.calls_back(&world.server, &result(id, "returned")).await.expect(204);
        lines.push((*fen, format!("退汇{id}")));
        paid -= fen;
    }
    until("all came back", async || world.fund_now(&fund).await.fen("/paid_fen") == paid).await;
    agrees(&world, &fund, &number, (lines, draw), (cash, seed)).await;
}

/// The bank books in an order of its own, and forgets the last one for now.
async fn agrees(
    world: &World,
    fund: &str,
    number: &str,
    (mut lines, mut draw): (Vec<(i64, String)>, Draw),
    (cash, seed): (i64, u64),
) {
    for at in (1..lines.len()).rev() {
        lines.swap(at, usize::try_from(draw.below(at as u64 + 1)).unwrap());
    }
    let late = lines.pop().unwrap();
    let all = lines.iter().fold(Paper::new(number, 5_000_000), |paper, (fen, reference)| paper.line(*fen, reference));
    let taken = world.take_in(fund, &all).await;
    assert_eq!((taken.fen("/matched"), taken.at("/differences")), (i64::try_from(lines.len()).unwrap(), json!([])), "{seed}");
    let balance = world.balance(fund).await;
    assert_eq!((balance.fen("/unexplained_fen"), balance.fen("/book/cash_boxes_fen")), (0, cash), "{seed}");
    let side = if late.0 > 0 { "/received_not_by_bank" } else { "/paid_not_by_bank" };
    assert_eq!(balance.fen(&format!("{side}/sum_fen")), late.0.abs(), "{seed}");
    world.take_in(fund, &all.next().line(late.0, &late.1)).await;
    let balance = world.balance(fund).await;
    assert_eq!((balance.fen("/unexplained_fen"), balance.fen("/bank_fen")), (0, balance.fen("/book_fen")), "{seed}");
    world.check_invariants().await;
}
