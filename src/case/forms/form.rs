//! Which forms there are.

use std::str::FromStr;

use serde::Serialize;

/// A printable form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// 审批表
    Approval,
    /// 领款单
    Receipt,
    /// 不予救助告知书
    Refusal,
    /// 转介单
    Referral,
}

impl Form {
    /// Its name in the path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Receipt => "receipt",
            Self::Refusal => "refusal",
            Self::Referral => "referral",
        }
    }

    /// Its name on paper.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Approval => "急难救助审批表",
            Self::Receipt => "急难救助领款单",
            Self::Refusal => "不予救助告知书",
            Self::Referral => "急难救助转介单",
        }
    }
}

impl FromStr for Form {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Approval, Self::Receipt, Self::Refusal, Self::Referral]
            .into_iter()
            .find(|form| form.as_str() == text)
            .ok_or("a form is approval, receipt, refusal or referral")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_asked_for_by_its_name_on_the_wire() {
        for form in [Form::Approval, Form::Receipt, Form::Refusal, Form::Referral] {
            assert_eq!(form.as_str().parse(), Ok(form));
            assert_eq!(serde_json::to_value(form).unwrap(), form.as_str());
        }
        for wrong in ["", "Receipt", "receipt ", "receipts", "审批表"] {
            assert!(wrong.parse::<Form>().is_err(), "{wrong}");
        }
    }
}
