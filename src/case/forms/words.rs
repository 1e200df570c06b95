//! Terms of the domain as forms write them.

use crate::book::CaseState;
use crate::case::payment::PaymentState;
use crate::code::Code;
use crate::identity::IdType;
use crate::policy::{Cause, Lane, Method, Residence};

/// What happened, in Chinese.
pub const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Fire => "火灾",
        Cause::Accident => "意外事故",
        Cause::Illness => "突发疾病",
        Cause::Education => "教育支出",
        Cause::Unemployment => "失业",
        Cause::IncomeInterruption => "收入中断",
        Cause::Violence => "遭受暴力侵害",
        Cause::Disaster => "自然灾害",
        Cause::Epidemic => "疫情",
        Cause::Other => "其他急难事由",
    }
}

/// A rule set, in Chinese.
pub const fn lane(lane: Lane) -> &'static str {
    match lane {
        Lane::Quick => "小额快救",
        Lane::Advance => "先行救助",
        Lane::County => "报县（区）审批",
        Lane::OtherScheme => "其他制度保障",
    }
}

pub const fn residence(residence: Residence) -> &'static str {
    match residence {
        Residence::Registered => "本地户籍",
        Residence::Permit => "持本地居住证",
        Residence::None => "无本地户籍、居住证",
    }
}

pub const fn method(method: Method) -> &'static str {
    match method {
        Method::Cash => "现金",
        Method::Bank => "银行转账",
        Method::Hospital => "支付医疗机构",
        Method::Goods => "实物",
    }
}

pub const fn payment_state(state: PaymentState) -> &'static str {
    match state {
        PaymentState::Instructed => "已登记支付指令",
        PaymentState::Dispatched => "已送银行",
        PaymentState::Unknown => "银行结果待查",
        PaymentState::Paid => "已支付",
        PaymentState::Refused => "银行未予支付",
        PaymentState::Returned => "已退回",
    }
}

pub const fn case_state(state: CaseState) -> &'static str {
    match state {
        CaseState::Accepted => "已受理，待审批",
        CaseState::Approved => "已批准，待支付",
        CaseState::Paying => "支付办理中",
        CaseState::Paid => "已支付",
        CaseState::Completed => "已支付，手续补齐",
        CaseState::Refused => "不予救助",
        CaseState::Declined => "审批未通过",
        CaseState::Withdrawn => "申请人撤回",
        CaseState::Expired => "已批准，逾期未支付",
    }
}

pub const fn id_type(id_type: IdType) -> &'static str {
    match id_type {
        IdType::ResidentId => "居民身份证",
        IdType::HkmtResidence => "港澳台居民居住证",
        IdType::Passport => "护照",
        IdType::ForeignPermanent => "外国人永久居留身份证",
        IdType::Temporary => "临时身份编号",
    }
}

/// What a rule compares. Rules about amounts are named by their limit; the others by what they found.
pub const fn rule(rule: Code) -> &'static str {
    match rule {
        Code::LimitQuick => "小额快救限额",
        Code::LimitCase => "单案限额",
        Code::LimitPersonYear => "个人年度限额",
        Code::LimitOfficerDay => "经办人当日限额",
        Code::LimitFundDay => "资金当日限额",
        Code::LimitCash => "单笔现金支付限额",
        Code::SecondSignatureRequired => "单人签批限额",
        Code::FundInsufficient => "资金可用余额",
        other => other.chinese(),
    }
}

/// A paper by the word of the rules; what is not known here is printed as the rules write it.
pub fn paper(word: &str) -> &str {
    match word {
        "id_card" => "身份证件",
        "household_register" => "户口簿",
        "residence_permit" => "居住证",
        "application" => "救助申请书",
        "incident_proof" => "急难事由证明材料",
        "medical_record" => "医疗诊断材料",
        "income_proof" => "收入证明",
        other => other,
    }
}

/// A relation as windows write it in English; any other is printed as it was written.
pub fn relation(word: &str) -> &str {
    match word {
        "spouse" => "配偶",
        "child" => "子女",
        "son" => "儿子",
        "daughter" => "女儿",
        "parent" => "父母",
        "father" => "父亲",
        "mother" => "母亲",
        "grandparent" => "祖父母",
        "grandfather" => "祖父",
        "grandmother" => "祖母",
        "grandchild" => "孙子女",
        "sibling" => "兄弟姐妹",
        "other" => "其他",
        other => other,
    }
}
