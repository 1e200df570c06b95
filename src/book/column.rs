//! Rows turned into the columns that a set-based statement takes.

/// One value of every row, in the order of the rows.
pub fn column<'a, R: 'a, T>(rows: impl IntoIterator<Item = &'a R>, value: impl FnMut(&'a R) -> T) -> Vec<T> {
    rows.into_iter().map(value).collect()
}
