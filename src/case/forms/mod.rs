//! Printable forms of a case, as self-contained pages in Chinese.
//!
//! ```text
//! row ──open, unseal──▶ Sheet (as much of it as the reader may see) ──fill──▶ page | the case has no such form
//! ```
//!
//! | form | paper | of which cases |
//! |---|---|---|
//! | 审批表 approval | A4 | every case; what is not decided is left to be filled in |
//! | 领款单 receipt | A5 across, one page a payment | with a payment that did not come back |
//! | 不予救助告知书 refusal | A4 | refused by a rule, or declined by an approver |
//! | 转介单 referral | A5, one page a unit | passed on to a unit, wholly or in part |
//!
//! A form says what the stored decision says: nothing is decided again here. Names of units and legal bases are those of the rules
//! that the case was decided by.

mod approval;
mod figures;
mod form;
mod page;
mod print;
mod receipt;
mod referral;
mod refusal;
mod sheet;
mod words;

pub use form::Form;
pub use print::print;
pub use words::{cause as cause_in_chinese, lane as lane_in_chinese};
