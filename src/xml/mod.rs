//! XML as strangers write it: read step by step, with a limit on everything, and without a document type, so that no entity of a
//! document's own expands to anything. And texts as they may stand in XML that is written.

mod read;
mod write;

pub use read::{Reader, Step, Unreadable};
pub use write::Writer;
