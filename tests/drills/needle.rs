//! A secret to be looked for, in every spelling it may have been written in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A secret as it may be written somewhere.
pub struct Needle {
    pub secret: String,
    pub spellings: Vec<Vec<u8>>,
}

impl Needle {
    pub fn new(secret: &str) -> Self {
        let bytes = secret.as_bytes();
        let hexadecimal = hex::encode(bytes);
        let escaped: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut spellings = vec![bytes.to_vec(), hexadecimal.to_uppercase().into(), hexadecimal.into(), escaped.into(), utf16];
        spellings.push(percent.to_lowercase().into());
        spellings.push(percent.into());
        // Inside a longer text base64 has one of three forms, of which the inner letters do not depend on the neighbours.
        for offset in 0..3 {
            let shifted = [&[0; 2][..offset], bytes].concat();
            let text = STANDARD.encode(&shifted);
            let inner = &text[(offset * 8).div_ceil(6)..shifted.len() * 8 / 6];
            spellings.push(inner.replace('+', "-").replace('/', "_").into());
            spellings.push(inner.into());
        }
        Self { secret: secret.into(), spellings }
    }

    pub fn lies_in(&self, hay: &[u8]) -> bool {
        let pairs = Pairs::of(hay);
        self.lies_in_pairs(hay, &pairs)
    }

    pub fn lies_in_pairs(&self, hay: &[u8], pairs: &Pairs) -> bool {
        self.spellings
            .iter()
            .any(|spelling| pairs.may_hold(spelling) && hay.windows(spelling.len()).any(|window| window == spelling.as_slice()))
    }
}

/// Which four bytes follow each other somewhere, as a filter: large files are then searched only where it may help.
pub struct Pairs(Vec<u64>);

impl Pairs {
    fn hash(four: &[u8]) -> usize {
        let four = u32::from_le_bytes([four[0], four[1], four[2], four[3]]);
        (four.wrapping_mul(0x9e37_79b1) >> 8) as usize
    }

    pub fn of(hay: &[u8]) -> Self {
        let mut seen = vec![0; 1 << 18];
        for four in hay.windows(4) {
            let hash = Self::hash(four);
            seen[hash / 64] |= 1 << (hash % 64);
        }
        Self(seen)
    }

    fn may_hold(&self, spelling: &[u8]) -> bool {
        spelling.windows(4).all(|four| {
            let hash = Self::hash(four);
            self.0[hash / 64] >> (hash % 64) & 1 == 1
        })
    }
}
