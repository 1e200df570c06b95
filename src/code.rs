//! Reason codes and transport codes: one enum, with its texts as data. Codes are stable; texts may change.
//!
//! The domain knows no status codes: the edge maps codes to statuses in `http::problem`.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($name:ident $code:tt $chinese:literal $english:literal),+ $(,)?) => {
        /// Why an answer is what it is: the reason codes of the domain, then the transport codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Code {
            $(#[doc = $english] #[serde(rename = $code)] $name,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The code as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it means, in Chinese.
            pub const fn chinese(self) -> &'static str {
                match self { $(Self::$name => $chinese,)+ }
            }

            /// What it means, in English.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $english,)+ }
            }
        }
    };
}

codes! {
    Approved "APPROVED" "准予救助" "approved",
    ApprovedPartial "APPROVED_PARTIAL" "准予部分救助" "approved in part",
    LimitCase "LIMIT_CASE" "超过单案限额" "over the limit of one case",
    LimitQuick "LIMIT_QUICK" "超过小额快救限额" "over the limit of small quick aid",
    LimitPersonYear "LIMIT_PERSON_YEAR" "超过个人年度限额" "over the person's limit for the year",
    LimitOfficerDay "LIMIT_OFFICER_DAY" "超过经办人当日限额" "over the officer's limit for the day",
    LimitFundDay "LIMIT_FUND_DAY" "超过备用金当日限额" "over the fund's limit for the day",
    LimitCash "LIMIT_CASH" "超过现金支付限额" "over the limit of a cash payment",
    SecondSignatureRequired "SECOND_SIGNATURE_REQUIRED" "需要第二人会签" "a second officer must countersign",
    FundInsufficient "FUND_INSUFFICIENT" "备用金余额不足" "the fund has not enough left",
    FundFrozen "FUND_FROZEN" "备用金已冻结" "the fund is frozen",
    SameCause "SAME_CAUSE" "同一事由已获救助" "already helped for the same cause",
    RepeatLimit "REPEAT_LIMIT" "超过年度重复救助次数" "helped as often as the year allows for this cause",
    OtherScheme "OTHER_SCHEME" "应由其他制度保障" "another scheme covers it",
    OutOfPlace "OUT_OF_PLACE" "不在受理范围" "outside what this window may decide",
    NeedsCounty "NEEDS_COUNTY" "超出街道权限,须报县区" "beyond the street's power, for the county to decide",
    ReviewRequired "REVIEW_REQUIRED" "须经复核" "must be reviewed first",
    IdInvalid "ID_INVALID" "证件号码不合规范" "the identity number is not well formed",
    IdTemporary "ID_TEMPORARY" "临时身份不适用" "not possible with a temporary identity",
    ConfirmIdentity "CONFIRM_IDENTITY" "须核对身份" "the identity must be confirmed",
    Deceased "DECEASED" "登记为已死亡" "registered as deceased",
    Barred "BARRED" "处于限制申请期" "barred from aid for now",
    CompletionOverdue "COMPLETION_OVERDUE" "补齐手续逾期过多" "too many cases with overdue papers",
    KeyReused "KEY_REUSED" "幂等键已用于其他请求" "the key was used for another request",
    KeyInFlight "KEY_IN_FLIGHT" "同一请求正在处理" "the same request is still running",
    SamePersonSigned "SAME_PERSON_SIGNED" "经办与会签为同一人" "handler and countersigner are the same person",
    Waived "WAIVED" "减免押金" "deposit waived",
    NotOnRoster "NOT_ON_ROSTER" "不在对象台账" "not on the roster",
    StayOpen "STAY_OPEN" "已有未结住院" "another stay is still open",
    OutOfCityHospital "OUT_OF_CITY_HOSPITAL" "非本市定点医院" "not a designated hospital of the city",
    TreatFirstNoDeposit "TREAT_FIRST_NO_DEPOSIT" "先救治、不收押金" "treat first, ask for no deposit",
    Reversed "REVERSED" "已冲正" "reversed",
    PeriodClosed "PERIOD_CLOSED" "会计期间已关闭" "the period is closed",
    Validation "VALIDATION" "请求内容不合要求" "the request is not well formed",
    Unauthenticated "UNAUTHENTICATED" "未通过身份认证" "not authenticated",
    Forbidden "FORBIDDEN" "没有权限" "not allowed for this role",
    NotFound "NOT_FOUND" "未找到" "not found",
    MethodNotAllowed "METHOD_NOT_ALLOWED" "不支持的方法" "this method is not offered here",
    NotAcceptable "NOT_ACCEPTABLE" "不支持的返回格式" "none of the accepted formats is offered",
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" "不支持的内容类型" "the content type is not supported",
    PayloadTooLarge "PAYLOAD_TOO_LARGE" "请求过大" "the request is too large",
    RateLimited "RATE_LIMITED" "请求过于频繁" "too many requests",
    OutcomeUnknown "OUTCOME_UNKNOWN" "结果未知,请用原键重试" "the outcome is unknown, repeat with the same key",
    Overloaded "OVERLOADED" "系统繁忙" "busy, try again",
    KeyMissing "KEY_MISSING" "缺少幂等键" "the idempotency key is missing",
    PreconditionRequired "PRECONDITION_REQUIRED" "缺少 If-Match" "If-Match is required",
    PreconditionFailed "PRECONDITION_FAILED" "版本已变化" "changed since it was read",
    CountersignInvalid "COUNTERSIGN_INVALID" "会签无效" "the countersign is not valid",
    Conflict "CONFLICT" "与现状冲突" "in conflict with what is there",
    Internal "INTERNAL" "系统错误" "something went wrong on our side",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_both_texts_and_a_name_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(!code.chinese().is_empty() && code.english().is_ascii(), "{code}");
            assert!(seen.insert(code.as_str()), "{code} stands twice");
        }
    }
}
