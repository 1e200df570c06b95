//! The words by which a text of the bank may name a movement of ours, and what its words say that it is.

use uuid::Uuid;

use crate::book::DifferenceCode;
use crate::money::Fen;
use crate::statement::Line;
use crate::vault::{BlindIndex, Vault};

/// Words of one line: more would name nothing.
const WORDS_MAX: usize = 64;
/// What banks call interest, and fees.
const INTEREST: [&str; 3] = ["结息", "利息", "interest"];
const FEE: [&str; 6] = ["手续费", "工本费", "管理费", "服务费", "短信费", "charges"];

/// A word as it is compared: small letters, an identifier without its hyphens.
pub fn normal(word: &str) -> String {
    let word = word.trim().to_lowercase();
    match Uuid::try_parse(&word) {
        Ok(id) if matches!(word.len(), 32 | 36) => id.simple().to_string(),
        Ok(_) | Err(_) => word,
    }
}

/// The whole text, and every run of letters, digits and hyphens in it.
fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let runs = text.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
    std::iter::once(text).chain(runs).map(normal).filter(|word| !word.is_empty())
}

/// What a movement is found by under one of its names.
pub fn key(vault: &Vault, name: &str) -> BlindIndex {
    vault.blind_index("statement_key", &normal(name))
}

/// What a line may name, each once.
pub fn keys(vault: &Vault, line: &Line) -> Vec<BlindIndex> {
    let texts = std::iter::once(&line.bank_reference).chain(&line.references);
    let mut named: Vec<String> = texts.flat_map(|text| words(text)).take(WORDS_MAX).collect();
    named.sort_unstable();
    named.dedup();
    named.iter().map(|word| vault.blind_index("statement_key", word)).collect()
}

/// What a name and an account are compared by: white space changes nothing.
pub fn payees(vault: &Vault, name: Option<&str>, account: Option<&str>) -> Vec<BlindIndex> {
    let bare = |text: &str| text.chars().filter(|character| !character.is_whitespace()).collect::<String>().to_lowercase();
    let name = name.map(bare).filter(|name| !name.is_empty()).map(|name| vault.blind_index("statement_payee", &name));
    let account = account.map(bare).filter(|number| !number.is_empty());
    name.into_iter().chain(account.map(|number| vault.blind_index("statement_account", &number))).collect()
}

/// What the words of a line say that it is.
pub fn hint(line: &Line) -> Option<DifferenceCode> {
    let texts: Vec<String> =
        line.references.iter().chain(std::iter::once(&line.bank_reference)).map(|text| text.to_lowercase()).collect();
    let says = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    if line.amount > Fen::ZERO && says(&INTEREST) {
        Some(DifferenceCode::Interest)
    } else if line.amount < Fen::ZERO && says(&FEE) {
        Some(DifferenceCode::Fee)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_found_however_it_is_written_and_only_whole() {
        let id = "01a20c55-f103-7093-92ce-4763218a0bf4";
        let bare = "01a20c55f103709392ce4763218a0bf4";
        for text in [id, bare, &bare.to_uppercase(), &format!("付款{id}救助"), &format!("/EREF/{bare}/"), &format!(" {id} ")]
        {
            assert!(words(text).any(|word| word == bare), "{text}");
        }
        for text in [&format!("{bare}0"), &format!("x{bare}"), "01a20c55"] {
            assert!(!words(text).any(|word| word == bare), "{text}");
        }
    }

    #[test]
    fn a_receipt_number_is_a_whole_word() {
        let number = normal("JJN-340303001-20261121-0001-1");
        assert!(words("救助款 JJN-340303001-20261121-0001-1").any(|word| word == number));
        assert!(!words("JJN-340303001-20261121-0001-12").any(|word| word == number));
        assert!(words("T-1").any(|word| word == "t-1"));
        assert!(!words("XT-1").any(|word| word == "t-1"));
        assert!(words("追缴 12号").any(|word| word == normal("追缴 12号")));
    }
}
