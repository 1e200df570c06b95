//! Statements as camt.053.

use super::file::{Movement, Statement};

/// Which version of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// camt.053.001.02
    Two,
    /// camt.053.001.08
    Eight,
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn amount(fen: i64) -> String {
    let indicator = if fen < 0 { "DBIT" } else { "CRDT" };
    format!("<Amt Ccy=\"CNY\">{}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>", yuan(fen))
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen.abs() / 100, fen.abs() % 100)
}

impl Version {
    pub const ALL: [Self; 2] = [Self::Two, Self::Eight];

    fn number(self) -> &'static str {
        match self {
            Self::Two => "02",
            Self::Eight => "08",
        }
    }

    fn party(self, movement: &Movement) -> String {
        let (role, name) = (if movement.fen > 0 { "Dbtr" } else { "Cdtr" }, escaped(&movement.payee));
        let party = match self {
            Self::Two => format!("<Nm>{name}</Nm>"),
            Self::Eight => format!("<Pty><Nm>{name}</Nm></Pty>"),
        };
        let account = &movement.payee_account;
        format!("<{role}>{party}</{role}><{role}Acct><Id><Othr><Id>{account}</Id></Othr></Id></{role}Acct>")
    }

    fn details(self, movement: &Movement, reference: &str) -> String {
        let money = match self {
            Self::Two => format!("<AmtDtls><TxAmt><Amt Ccy=\"CNY\">{}</Amt></TxAmt></AmtDtls>", yuan(movement.fen)),
            Self::Eight => amount(movement.fen),
        };
        format!(
            "<TxDtls><Refs><AcctSvcrRef>{reference}</AcctSvcrRef><EndToEndId>{}</EndToEndId></Refs>{money}<RltdPties>{}</RltdPties>\
            <RmtInf><Ustrd>救急难 &amp; 慰问</Ustrd></RmtInf></TxDtls>",
            movement.id,
            self.party(movement)
        )
    }
}

impl Statement {
    /// The message.
    pub fn camt(&self, version: Version) -> String {
        let entries = self.entries();
        let sum = |of: fn(i64) -> bool| {
            let all: Vec<i64> = entries.iter().map(|entry| total(entry)).filter(|fen| of(*fen)).collect();
            (all.len(), all.iter().sum::<i64>().abs())
        };
        let ((ins, credits), (outs, debits)) = (sum(|fen| fen > 0), sum(|fen| fen < 0));
        let net = credits - debits;
        let net = match version {
            Version::Two => {
                let indicator = if net < 0 { "DBIT" } else { "CRDT" };
                format!("<TtlNetNtryAmt>{}</TtlNetNtryAmt><CdtDbtInd>{indicator}</CdtDbtInd>", yuan(net))
            }
            Version::Eight => format!("<TtlNetNtry>{}</TtlNetNtry>", amount(net).replace(" Ccy=\"CNY\"", "")),
        };
        let balance = |code: &str, fen: i64, on: String| {
            format!("<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{}<Dt><Dt>{on}</Dt></Dt></Bal>", amount(fen))
        };
        let written: String = entries.iter().map(|entry| entry_text(version, entry)).collect();
        let (from, to, number) = (self.from, self.to, version.number());
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{number}\">\
            <BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>{to}T23:00:00+08:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id>\
            <ElctrncSeqNb>{}</ElctrncSeqNb><CreDtTm>{to}T23:00:00+08:00</CreDtTm><FrToDt><FrDtTm>{from}T00:00:00+08:00</FrDtTm>\
            <ToDtTm>{to}T23:59:59+08:00</ToDtTm></FrToDt><Acct><Id><Othr><Id>{}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\n{}\n{}\n\
            <TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries><Sum>{}</Sum>{net}</TtlNtries><TtlCdtNtries><NbOfNtries>{ins}</NbOfNtries>\
            <Sum>{}</Sum></TtlCdtNtries><TtlDbtNtries><NbOfNtries>{outs}</NbOfNtries><Sum>{}</Sum></TtlDbtNtries></TxsSummry>\n\
            {written}</Stmt></BkToCstmrStmt></Document>",
            self.sequence,
            self.account,
            balance("OPBD", self.opening_fen, from.to_string()),
            balance("CLBD", self.closing_fen(), to.to_string()),
            entries.len(),
            yuan(credits + debits),
            yuan(credits),
            yuan(debits),
        )
    }

    /// Movements by entries: those of a batch together, as far as they go the same way on the same days.
    fn entries(&self) -> Vec<Vec<(&Movement, String)>> {
        let mut entries: Vec<Vec<(&Movement, String)>> = Vec::new();
        for (movement, _, reference) in self.lines() {
            let same = |last: &Movement| {
                let days = (last.booked_on, last.value_on) == (movement.booked_on, movement.value_on);
                movement.batch.is_some() && last.batch == movement.batch && (last.fen > 0) == (movement.fen > 0) && days
            };
            match entries.last_mut().filter(|entry| entry.last().is_some_and(|(last, _)| same(last))) {
                Some(entry) => entry.push((movement, reference)),
                None => entries.push(vec![(movement, reference)]),
            }
        }
        entries
    }
}

fn total(entry: &[(&Movement, String)]) -> i64 {
    entry.iter().map(|(movement, _)| movement.fen).sum()
}

fn entry_text(version: Version, entry: &[(&Movement, String)]) -> String {
    let (first, reference) = &entry[0];
    let status = match version {
        Version::Two => "<Sts>BOOK</Sts>",
        Version::Eight => "<Sts><Cd>BOOK</Cd></Sts>",
    };
    let batch = match entry.len() {
        1 => String::new(),
        count => format!("<Btch><NbOfTxs>{count}</NbOfTxs></Btch>"),
    };
    let details: String = entry.iter().map(|(movement, reference)| version.details(movement, reference)).collect();
    format!(
        "<Ntry><NtryRef>N{reference}</NtryRef>{}{status}<BookgDt><Dt>{}</Dt></BookgDt><ValDt><Dt>{}</Dt></ValDt>\
        <AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Prtry><Cd>PAY</Cd></Prtry></BkTxCd><NtryDtls>{batch}{details}</NtryDtls></Ntry>\n",
        amount(total(entry)),
        first.booked_on,
        first.value_on,
    )
}
