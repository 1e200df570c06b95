//! Identifiers: UUIDv7 (RFC 9562), one type for each kind of thing, so that they cannot be mixed up.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, postgres_types::ToSql, postgres_types::FromSql, utoipa::ToSchema,
        )]
        #[serde(transparent)]
        #[postgres(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier, ordered by the time of its making.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The bare UUID, as the database keeps it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            /// In the form of RFC 9562 only, as in a path: neither braces nor `urn:uuid:` nor bare digits.
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let uuid = Some(&text).filter(|text| text.len() == 36).and_then(|text| Uuid::try_parse(text).ok());
                uuid.map(Self).ok_or_else(|| D::Error::custom("a UUID is needed"))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )+};
}

ids! {
    /// A fund.
    FundId,
    /// One household's request for one incident.
    CaseId,
    /// Place, time and cause of an emergency.
    IncidentId,
    /// One payment of a case.
    PaymentId,
    /// Money set aside for one payment.
    HoldId,
    /// One audit leaf.
    LeafId,
    /// A way out of a refusal.
    OptionId,
    /// What an officer said of a case.
    NoteId,
    /// A household passed on to another office.
    ReferralId,
    /// A question of a hospital about a patient.
    CheckId,
    /// A promise to a hospital.
    WaiverId,
    /// Goods in a store.
    GoodsId,
    /// A cash box in the hands of one officer, from count to count.
    ShiftId,
    /// Cash drawn from the bank into a box, or paid in.
    CashTransferId,
    /// A count that is not what a cash box should hold.
    DifferenceId,
    /// Money to be paid back.
    RecoveryId,
    /// Money that came in for a recovery.
    ReceiptId,
    /// What was given up of a recovery.
    WriteOffId,
    /// What was paid back of an over-payment.
    RefundId,
    /// That a recovery was taken back.
    CancellationId,
    /// Who is told of what happens.
    HookId,
    /// One thing that a hook is told.
    DeliveryId,
    /// A hospital bill split over its payers.
    SettlementId,
    /// What a fund paid a hospital for a list of settlements.
    ClearingId,
    /// What a bank says of an account in one file.
    StatementId,
    /// A list made public.
    PublicationId,
}
