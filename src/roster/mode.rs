//! What a file of the roster is.

crate::stored::terms! {
    /// What a file is.
    Mode "roster_mode" {
        /// Everybody: who is not in it leaves.
        Full "full",
        /// Changes only: who is not in it stays as they were.
        Delta "delta",
    }
}
