//! What is wrong with a request, in all places at once.

use serde::Serialize;

use crate::code::Code;
use crate::http::problem::Problem;

/// How many faults are told at most; the rest would help nobody.
const FAULTS_MAX: usize = 50;

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fault {
    /// Where: an RFC 6901 pointer into the body, or `/<name>` of a parameter.
    pub pointer: String,
    /// `VALIDATION` or `ID_INVALID`.
    pub code: Code,
    /// The rule, never the value.
    pub detail: String,
}

/// The faults that a body has found in itself.
#[derive(Debug)]
pub struct Faults {
    found: Vec<Fault>,
    most: usize,
}

impl Default for Faults {
    fn default() -> Self {
        Self::up_to(FAULTS_MAX)
    }
}

impl Faults {
    /// No faults yet; so many are told at most.
    pub const fn up_to(most: usize) -> Self {
        Self { found: Vec::new(), most }
    }

    /// Adds a fault of the code `VALIDATION`.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.add_code(pointer, Code::Validation, detail);
    }

    /// Adds a fault.
    pub fn add_code(&mut self, pointer: impl Into<String>, code: Code, detail: impl Into<String>) {
        if self.found.len() < self.most {
            self.found.push(Fault { pointer: pointer.into(), code, detail: detail.into() });
        }
    }

    /// True while nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// True when no more are told.
    pub const fn is_full(&self) -> bool {
        self.found.len() >= self.most
    }

    /// A problem when there are faults: `ID_INVALID` when that is all that is wrong, else `VALIDATION`.
    pub fn verdict(self) -> Result<(), Problem> {
        if self.found.is_empty() {
            return Ok(());
        }
        let identity = self.found.iter().all(|fault| fault.code == Code::IdInvalid);
        Err(Problem::faults(if identity { Code::IdInvalid } else { Code::Validation }, self.found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_id_invalid_when_nothing_else_is_wrong_with_it() {
        assert!(Faults::default().verdict().is_ok());
        let mut faults = Faults::default();
        faults.add_code("/applicant/id_no", Code::IdInvalid, "the check digit is wrong");
        faults.add_code("/household/0/id_no", Code::IdInvalid, "the check digit is wrong");
        assert_eq!(faults.verdict().unwrap_err().code(), Code::IdInvalid);
        let mut faults = Faults::default();
        faults.add_code("/applicant/id_no", Code::IdInvalid, "the check digit is wrong");
        faults.add("/need", "too long");
        assert_eq!(faults.verdict().unwrap_err().code(), Code::Validation);
    }

    #[test]
    fn the_list_of_faults_has_an_end() {
        let mut faults = Faults::default();
        for line in 0..1000 {
            faults.add(format!("/{line}"), "wrong");
        }
        assert_eq!(faults.found.len(), FAULTS_MAX);
    }
}
