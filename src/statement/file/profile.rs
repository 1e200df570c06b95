//! How a bank writes its files: a profile in TOML. Those of `deploy/banks` are built in; the first of them explains every field.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::http::Charset;
use crate::statement::file::amount::AmountFormat;
use crate::statement::file::date::DateFormat;

const BUILT_IN: [&str; 3] = [
    include_str!("../../../deploy/banks/enterprise-gb18030.toml"),
    include_str!("../../../deploy/banks/direction-words.toml"),
    include_str!("../../../deploy/banks/continental.toml"),
];

/// How a bank writes its files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// By which it is named in a request.
    pub id: String,
    /// For people.
    pub name: String,
    /// Of text files; a workbook has its own.
    #[serde(deserialize_with = "charset")]
    pub(crate) charset: Charset,
    /// Between the fields of a text file.
    pub(crate) delimiter: char,
    pub(crate) order: Order,
    pub(crate) date: DateFormat,
    pub(crate) amount: AmountFormat,
    /// With which words a row begins that ends the table.
    #[serde(default)]
    pub(crate) end: Vec<String>,
    pub(crate) labels: Labels,
    #[serde(default)]
    pub(crate) derived: Derived,
    pub(crate) columns: Columns,
}

/// Which line comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    OldestFirst,
    NewestFirst,
}

/// Behind which words, outside the table, a figure stands: in the next cell, or behind a colon in the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    pub account: String,
    pub sequence: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub opening: Option<String>,
    pub closing: Option<String>,
    pub count: Option<String>,
    pub credit_count: Option<String>,
    pub credits: Option<String>,
    pub debit_count: Option<String>,
    pub debits: Option<String>,
}

/// What the file does not say and how it is found instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    pub sequence: Option<Sequence>,
    /// First and last day are those of the lines.
    #[serde(default)]
    pub days: Option<FromLines>,
    /// Opening and closing are found by the balances of the first and last line.
    #[serde(default)]
    pub balances: Option<FromLines>,
}

/// How a statement is numbered whose file has no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sequence {
    /// One a month: 202611.
    Month,
    /// One a day: 20261103.
    Day,
}

/// The one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FromLines {
    Lines,
}

/// Columns of the table, by the titles in its head.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub booked_on: String,
    pub value_on: Option<String>,
    pub balance: Option<String>,
    /// The bank's number of the line.
    pub number: Option<String>,
    pub bank_reference: Option<String>,
    /// Every column that may hold an id of ours.
    pub references: Vec<String>,
    pub counterparty: Option<String>,
    pub counterparty_account: Option<String>,
    pub amount: AmountColumns,
}

/// Where an amount and its direction stand.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AmountColumns {
    /// One column with a sign.
    Signed { column: String, incoming: Sign },
    /// One column for what comes in, one for what goes out.
    Two { incoming: String, outgoing: String },
    /// A column without a sign, and one with a word.
    Words { column: String, direction: String, incoming: Vec<String>, outgoing: Vec<String> },
}

/// The sign of what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    Positive,
    Negative,
}

/// The profiles that are known.
#[derive(Clone, Debug)]
pub struct Profiles(BTreeMap<String, Profile>);

/// A name that no profile has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no bank profile has this name")]
pub struct UnknownProfile;

impl Profile {
    /// Reads a profile.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Titles without which a row is not the head of the table.
    pub(crate) fn titles(&self) -> impl Iterator<Item = &str> {
        let columns = &self.columns;
        let amount = match &columns.amount {
            AmountColumns::Signed { column, .. } => [Some(column), None],
            AmountColumns::Two { incoming, outgoing } => [Some(incoming), Some(outgoing)],
            AmountColumns::Words { column, direction, .. } => [Some(column), Some(direction)],
        };
        let others = [
            Some(&columns.booked_on),
            columns.value_on.as_ref(),
            columns.balance.as_ref(),
            columns.number.as_ref(),
            columns.bank_reference.as_ref(),
            columns.counterparty.as_ref(),
            columns.counterparty_account.as_ref(),
        ];
        amount.into_iter().chain(others).flatten().chain(&columns.references).map(String::as_str)
    }
}

impl Profiles {
    /// Those of `deploy/banks`.
    pub fn built_in() -> Result<Self, toml::de::Error> {
        let all = BUILT_IN.into_iter().map(|text| Profile::parse(text).map(|profile| (profile.id.clone(), profile)));
        all.collect::<Result<_, _>>().map(Self)
    }

    /// One by its name.
    pub fn named(&self, id: &str) -> Result<&Profile, UnknownProfile> {
        self.0.get(id).ok_or(UnknownProfile)
    }

    /// Their names, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

fn charset<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Charset, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "UTF-8" => Ok(Charset::Utf8),
        "GB18030" => Ok(Charset::Gb18030),
        _ => Err(serde::de::Error::custom("a charset is UTF-8 or GB18030")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_profiles_are_read() {
        let profiles = Profiles::built_in().unwrap();
        assert_eq!(profiles.ids().collect::<Vec<_>>(), ["continental", "direction-words", "enterprise-gb18030"]);
        assert_eq!(profiles.named("x"), Err(UnknownProfile));
        let first = Profile::parse(BUILT_IN[0]).unwrap();
        assert_eq!(profiles.named("enterprise-gb18030"), Ok(&first));
        assert!(Profile::parse(&BUILT_IN[0].replace("GB18030\"", "latin1\"")).is_err());
        assert!(Profile::parse(&format!("x = 1\n{}", BUILT_IN[0])).is_err());
    }
}
