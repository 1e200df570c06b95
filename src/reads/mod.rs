//! Reads: in a transaction of their own, in the role that only reads, in the scope of who asks.
//!
//! The scope is a fact of the database session (`jiujinan.scope`): a statement that forgets to ask for it still sees nothing else.

mod readers;

pub use readers::Readers;
