//! jiujinan (救急难): urgent hardship aid for a city. A street window accepts, approves and pays an urgent case first; papers follow.
//!
//! # Floors
//!
//! Arrows point down only; neighbours do not know each other. `tests/house/floors.rs` holds it.
//!
//! | floor | modules | what they are |
//! |---|---|---|
//! | 9 | [`server`] | commands, settings, routes, workers, health, graceful stop |
//! | 8 | [`transfer`] | what goes through a bank, and what the bank says of it |
//! | 7 | [`publicity`], [`report`], [`settlement`], [`statement`], [`waiver`] | lists made public; figures of months and quarters; hospital bills split over payers and funds; what banks say of accounts; promises to hospitals |
//! | 6 | [`alarm`], [`case`], [`custody`], [`fund`], [`goods`], [`hook`], [`hospital`], [`recovery`], [`roster`] | what people ask for: one file a verb, `http.rs` the edge, pure rules apart |
//! | 5 | [`book`] | moves: keys → facts → decide → rows → commit; the only writer of money |
//! | 4 | [`policy`] | dated parameters, lanes, caps, working days; pure |
//! | 3 | [`audit`], [`reads`] | what happened, for ever; reads in the caller's scope |
//! | 2 | [`db`], [`http`], [`rail`], [`sheet`], [`telemetry`], [`vault`] | tools that know nothing of aid |
//! | 1 | [`actor`] | who may do what, where |
//! | 0 | [`code`], [`division`], [`id`], [`identity`], [`money`], [`number`], [`time`], [`xml`] | plain values, no I/O |
//!
//! # Invariants
//!
//! - paid + held + floor ≤ credited at every commit; totals equal the sums of the entries; every entry balances, being one row.
//! - One idempotency key has one answer, byte for byte, yes or no, for ever; it is written in the transaction of what it tells.
//! - A hold resolves once: captured, released or expired. What is granted is paid, held, queued or given back.
//! - A recovery never changes the case it is for; what it repays is principal before fine, and only principal returns to a fund.
//! - What a bank is told was committed before it was sent; only what the bank signed is a result.
//! - What a fund bears of a hospital bill is held until the bank has paid it, by one clearing; what is under way is not unwound.
//! - The parts of a hospital bill add up to it; a message of a hospital is settled once, or never when it was reversed before.
//! - A line of a bank's statement is one movement of a fund's account, a movement one line; interest is never credited to a fund.
//! - One person has one claim a cause and slot; the same incident never helps a person twice.
//! - A cash box is in one officer's hands; whoever holds it approves nothing that it pays; a count that differs is a case of its own.
//! - What was answered was committed; what was committed is answered again to the same key.
//! - Every change, refusal, denied access and read of a person's file leaves an audit leaf in its own transaction.
//!
//! The database keeps the money side a second time as named constraints (`sql/migrations`); `sql/audit/invariants.sql` looks for
//! whatever no single row can keep.
//!
//! # Where this departs from the first design, and why
//!
//! - Claims are only ever inserted: a later claim of the same person and cause takes the next slot, instead of overwriting an expired
//!   one. The table keeps its history, and two claims at once still want the same slot and collide.
//! - The case counter has one row a street, with its day: it can be locked without knowing the database's day beforehand.
//! - One statement locks, one finds, one writes: a statement costs a round of sending and waking whatever it does. The lock statement
//!   reads no sums; what is read besides is read in the next one, whose snapshot is younger than the locks.
//! - A floor may be set above what a new fund holds: it binds from the first grant on.
//! - Cases and holds are locked and read in statements of their own, which only batches that need them send: the main job pays nothing
//!   for them.
//! - Claims of a case that ended without a payment stay, and no longer stand in anybody's way; nor do those of a person who is not of
//!   the case any more. The same incident may stand twice with a person only where a merge of a temporary identity found it.
//! - The instruction of a payment is made by the courier, not in the money's transaction: nothing is sent before it is committed, and a
//!   payment in cash writes no row for a bank.
//! - A decision stores its [`policy::Question`], not only its figures, so that it can be decided again without the database.
//!
//! # Deliberate absences
//!
//! No foreign keys on the tables of the book, no triggers, no NOTIFY, no chain inside the money transaction: each costs more than it
//! keeps, and the invariant queries see what they would have kept. No trait for the database and no mock of it. No cache of money. The
//! interface speaks plain HTTP on loopback; TLS ends at the proxy in front.

pub mod actor;
pub mod alarm;
pub mod audit;
pub mod book;
pub mod case;
pub mod code;
pub mod custody;
pub mod db;
pub mod division;
pub mod fund;
pub mod goods;
pub mod hook;
pub mod hospital;
pub mod http;
pub mod id;
pub mod identity;
pub mod money;
pub mod number;
pub mod policy;
pub mod publicity;
pub mod rail;
pub mod reads;
pub mod recovery;
pub mod report;
pub mod roster;
pub mod server;
pub mod settlement;
pub mod sheet;
pub mod statement;
mod stored;
pub mod telemetry;
pub mod time;
pub mod transfer;
pub mod vault;
pub mod waiver;
pub mod xml;
