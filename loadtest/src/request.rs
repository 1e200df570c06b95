//! Requests, made before they are needed: one template for each street and clerk, in which only the person and the key change.

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";
/// Filled in for each request.
const PERSON: &str = "000000000000000000";
const KEY: &str = "load-000000000000";

/// Everybody who can be made: 28 days, 12 months, 10 years, 1 000 sequences.
pub const PERSONS: u64 = 28 * 12 * 10 * 1000;

/// A request whose person and key are put in place, in the bytes as they are sent.
#[derive(Clone)]
pub struct Template {
    bytes: Vec<u8>,
    person: Option<usize>,
    key: Option<usize>,
    /// Of so many people, in turns.
    people: u64,
    /// What it is answered with.
    pub status: u16,
}

impl Template {
    /// `POST /v1/fast-track` by a clerk: a new incident, a new person, 100 fen in cash.
    pub fn fast_track(street: &str, token: &str, occurred_at: &str) -> Self {
        let body = format!(
            concat!(
                r#"{{"division":"{}","incident":{{"cause":"accident","place":"工地","occurred_at":"{}"}},"#,
                r#""applicant":{{"id_type":"resident_id","id_no":"{}","name":"测试人"}},"#,
                r#""requested_fen":100,"payments":[{{"method":"cash"}}]}}"#
            ),
            street, occurred_at, PERSON
        );
        let head = format!(
            "POST /v1/fast-track HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {KEY}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let key = head.find(KEY).unwrap_or_default() + "load-".len();
        let person = head.len() + body.find(PERSON).unwrap_or_default();
        let bytes = [head, body].concat().into_bytes();
        Self { bytes, person: Some(person), key: Some(key), people: PERSONS, status: 201 }
    }

    /// `POST /v1/waivers/check` by a hospital, for one of so many people.
    pub fn check(token: &str, people: u64) -> Self {
        let body = format!(r#"{{"id_type":"resident_id","id_no":"{PERSON}","name":"测试人","stay":"inpatient"}}"#);
        let head = format!(
            "POST /v1/waivers/check HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let person = head.len() + body.find(PERSON).unwrap_or_default();
        Self { bytes: [head, body].concat().into_bytes(), person: Some(person), key: None, people, status: 200 }
    }

    /// `GET` of a path, always the same.
    pub fn get(path: &str) -> Self {
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes();
        Self { bytes, person: None, key: None, people: 1, status: 200 }
    }

    /// The request of the n-th person; as long as there are people, no two numbers give the same person or key.
    pub fn of(&mut self, number: u64) -> &[u8] {
        if let Some(person) = self.person {
            write_person(&mut self.bytes[person..person + 18], number % self.people);
        }
        if let Some(key) = self.key {
            write_digits(&mut self.bytes[key..key + 12], number);
        }
        &self.bytes
    }
}

/// The resident number of the n-th person.
pub fn person(number: u64) -> String {
    let mut digits = [0; 18];
    write_person(&mut digits, number);
    String::from_utf8_lossy(&digits).into_owned()
}

/// A resident number of somebody born in the 1880s, so that nobody is meant.
fn write_person(to: &mut [u8], number: u64) {
    let (day, month) = (number % 28 + 1, number / 28 % 12 + 1);
    let (year, sequence) = (number / 336 % 10 + 1880, number / 3360 % 1000);
    to[..6].copy_from_slice(b"340303");
    write_digits(&mut to[6..10], year);
    write_digits(&mut to[10..12], month);
    write_digits(&mut to[12..14], day);
    write_digits(&mut to[14..17], sequence);
    let sum: u32 = to.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    to[17] = CHECK[(sum % 11) as usize];
}

fn write_digits(to: &mut [u8], mut number: u64) {
    for byte in to.iter_mut().rev() {
        *byte = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_right_check_digit_and_nobody_comes_twice() {
        let mut one = [0; 18];
        write_person(&mut one, 0);
        assert_eq!(&one[..17], b"34030318800101000");
        let mut seen = std::collections::HashSet::new();
        for number in 0..10_000 {
            let mut person = [0; 18];
            write_person(&mut person, number);
            assert!(seen.insert(person));
        }
        let mut last = [0; 18];
        write_person(&mut last, PERSONS - 1);
        assert_eq!(&last[..17], b"34030318891228999");
    }

    #[test]
    fn person_and_key_stand_where_they_belong() {
        let mut template = Template::fast_track("340303001", "t", "2026-11-20T21:40:00+08:00");
        let text = String::from_utf8(template.of(7).to_vec()).unwrap();
        assert!(text.contains("Idempotency-Key: load-000000000007\r\n"), "{text}");
        let body = text.split("\r\n\r\n").nth(1).unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(&body["applicant"]["id_no"].as_str().unwrap()[..17], "34030318800108000");
        assert!(text.contains(&format!("Content-Length: {}\r\n", text.split("\r\n\r\n").nth(1).unwrap().len())));
    }
}
