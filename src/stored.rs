//! How plain values are stored: macros, so that each value says it in one line.

/// Stores a value that has `as_str()` and `FromStr` in a text column.
macro_rules! stored_as_text {
    ($name:ty) => {
        impl postgres_types::ToSql for $name {
            fn to_sql(
                &self,
                kind: &postgres_types::Type,
                out: &mut postgres_types::private::BytesMut,
            ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                self.as_str().to_sql(kind, out)
            }

            fn accepts(kind: &postgres_types::Type) -> bool {
                <&str as postgres_types::ToSql>::accepts(kind)
            }

            postgres_types::to_sql_checked!();
        }

        impl<'a> postgres_types::FromSql<'a> for $name {
            fn from_sql(kind: &postgres_types::Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                Ok(<&str as postgres_types::FromSql>::from_sql(kind, raw)?.parse()?)
            }

            fn accepts(kind: &postgres_types::Type) -> bool {
                <&str as postgres_types::FromSql>::accepts(kind)
            }
        }
    };
}

/// An enum whose words are spelt alike in requests, policies and tables (a Postgres enum of the name given).
macro_rules! terms {
    ($(#[$doc:meta])* $name:ident $sql:literal { $($(#[$variant_doc:meta])* $variant:ident $word:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, postgres_types::ToSql,
            postgres_types::FromSql, utoipa::ToSchema,
        )]
        #[postgres(name = $sql)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] #[postgres(name = $word)] $variant,)+
        }

        impl $name {
            /// Every one there is.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

pub(crate) use stored_as_text;
pub(crate) use terms;
