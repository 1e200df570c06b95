//! Funds: money with one purpose and one owner, topped up by finance, paid out by the windows.
//!
//! ```text
//! treasury ──top-up──▶ available ──grant──▶ held ──▶ paid
//!     ▲                   │  └────────────cash────────▲
//!     └───withdrawal──────┘
//! ```
//!
//! available = credited − held − paid − floor. A frozen fund receives and does not pay.

mod answer;
mod body;
mod entries;
mod find;
mod freeze;
mod http;
mod list;
mod open;
mod serve;
mod settings;
mod top_up;
mod withdraw;

pub use answer::account_number;
pub use freeze::SetStatus;
pub use http::routes;
pub use open::OpenFund;
pub use settings::ChangeSettings;
pub use top_up::{Movement, TopUp};
pub use withdraw::Withdraw;
