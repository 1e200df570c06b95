//! Citizen's identity number, GB 11643-1999: 6 digits area, 8 birth date, 3 sequence, 1 check character.
//!
//! The check character is ISO 7064 MOD 11-2. It catches every single wrong character and every swap of two
//! neighbours: the weights are powers of two, 11 is prime, and two digits differ by less than 11. A number with a
//! typing error is therefore told apart from a number with an impossible birth date, and the checksum is judged first.

use std::ops::Range;

use jiff::civil::Date;

use crate::identity::IdInvalid;

/// Characters of a number.
pub const LENGTH: usize = 18;
/// The first year of birth that a number may hold.
const BORN_SINCE: i16 = 1800;
const BIRTH_YEAR: Range<usize> = 6..10;
const BIRTH_MONTH: Range<usize> = 10..12;
const BIRTH_DAY: Range<usize> = 12..14;

/// Judges an upper-cased number. The area is where the number was issued, possibly an abolished code: any is good.
///
/// # Errors
/// The first that holds of: length, character, checksum, birth date, birth date after `today`.
pub fn check(number: &str, today: Date) -> Result<(), IdInvalid> {
    if number.chars().count() != LENGTH {
        return Err(IdInvalid::Length);
    }
    let last = LENGTH - 1;
    if !number.char_indices().all(|(at, c)| c.is_ascii_digit() || (at == last && c == 'X')) {
        return Err(IdInvalid::Character);
    }
    if remainder(number) != 1 {
        return Err(IdInvalid::Checksum);
    }
    match birth_date(number) {
        None => Err(IdInvalid::BirthDate),
        Some(born) if born > today => Err(IdInvalid::BirthDateInFuture),
        Some(_) => Ok(()),
    }
}

/// The birth date written in a number, if it is a day of the calendar.
pub fn birth_date(number: &str) -> Option<Date> {
    let year = number.get(BIRTH_YEAR)?.parse().ok()?;
    let month = number.get(BIRTH_MONTH)?.parse().ok()?;
    let day = number.get(BIRTH_DAY)?.parse().ok()?;
    // Nobody who can be helped was born before; the number was not invented either.
    Date::new(year, month, day).ok().filter(|born| born.year() >= BORN_SINCE)
}

/// ISO 7064 MOD 11-2 over digits and a final X (ten); 1 for a good number.
fn remainder(number: &str) -> u32 {
    number.chars().fold(0, |sum, c| (sum * 2 + c.to_digit(10).unwrap_or(10)) % 11)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use crate::identity::IdInvalid;
    use crate::identity::resident::{birth_date, check, remainder};

    const TODAY: Date = date(2026, 9, 1);
    /// The table of the standard; `remainder` is the same sum in closed form.
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    fn check_character(first_17: &str) -> char {
        let sum: u32 = first_17.chars().zip(WEIGHTS).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
        "10X98765432".as_bytes()[(sum % 11) as usize] as char
    }

    prop_compose! {
        fn number()(area in 100_000..900_000_u32, days in 0..80_000_i32, sequence in 0..1000_u16) -> String {
            let born = date(1800, 1, 1) + jiff::Span::new().days(days);
            let first_17 = format!("{area}{}{sequence:03}", born.strftime("%Y%m%d"));
            let check = check_character(&first_17);
            format!("{first_17}{check}")
        }
    }

    proptest! {
        #[test]
        fn a_number_built_by_the_table_of_the_standard_is_good(number in number()) {
            prop_assert_eq!(check(&number, TODAY), Ok(()));
        }

        #[test]
        fn every_single_wrong_character_is_caught_by_the_checksum(number in number()) {
            for at in 0..18 {
                for wrong in "0123456789X".chars() {
                    let mut typed: Vec<char> = number.chars().collect();
                    if typed[at] == wrong || (wrong == 'X' && at != 17) {
                        continue;
                    }
                    typed[at] = wrong;
                    let typed: String = typed.into_iter().collect();
                    prop_assert_eq!(check(&typed, TODAY), Err(IdInvalid::Checksum), "{}", typed);
                }
            }
        }

        #[test]
        fn every_swap_of_two_neighbours_is_caught(number in number()) {
            for at in 0..17 {
                let mut typed: Vec<char> = number.chars().collect();
                typed.swap(at, at + 1);
                let typed: String = typed.into_iter().collect();
                prop_assert_eq!(check(&typed, TODAY).is_ok(), typed == number, "{}", typed);
            }
        }
    }

    #[test]
    fn the_closed_form_agrees_with_the_vectors_of_the_standard() {
        assert_eq!(remainder("11010519491231002X"), 1);
        assert_eq!(remainder("440524188001010014"), 1);
    }

    #[test]
    fn an_x_stands_at_the_end_only() {
        assert_eq!(check("1101051949123100X2", TODAY), Err(IdInvalid::Character));
        assert_eq!(check("X10105194912310022", TODAY), Err(IdInvalid::Character));
    }

    #[test]
    fn a_birth_date_is_a_day_of_the_calendar() {
        assert_eq!(birth_date("11010519491231002X"), Some(date(1949, 12, 31)));
        assert_eq!(birth_date("340302190002290000"), None, "1900 was no leap year");
        assert_eq!(birth_date("340302200002290000"), Some(date(2000, 2, 29)));
        assert_eq!(birth_date("3403021880"), None);
    }

    #[test]
    fn somebody_may_be_born_today_and_not_tomorrow() {
        let number = format!("34030220260901001{}", check_character("34030220260901001"));
        assert_eq!(check(&number, date(2026, 9, 1)), Ok(()));
        assert_eq!(check(&number, date(2026, 8, 31)), Err(IdInvalid::BirthDateInFuture));
    }
}
