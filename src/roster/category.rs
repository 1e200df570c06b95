//! Why somebody is on the roster.

crate::stored::terms! {
    /// Category of a poor household.
    Category "roster_category" {
        /// 特困: without means, kin or strength to work.
        Tekun "tekun",
        /// 低保: minimum living allowance.
        Dibao "dibao",
        /// 支出型低收入: low income because of what it must spend, at most 1.6 times the minimum living standard.
        LowIncome "low_income",
    }
}

crate::stored::terms! {
    /// What a file is.
    Mode "roster_mode" {
        /// Everybody: who is not in it leaves.
        Full "full",
        /// Changes only: who is not in it stays as they were.
        Delta "delta",
    }
}
