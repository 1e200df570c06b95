//! Generated texts that are kept in the repository, so that a change of them is seen in review.

use crate::source::root;

/// The text is the one kept at this path; `UPDATE_SNAPSHOTS=1` keeps the new one instead.
#[track_caller]
pub fn check(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&file, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept == text {
        return;
    }
    let differing = text.lines().zip(kept.lines()).position(|(new, old)| new != old);
    let line = differing.unwrap_or_else(|| text.lines().count().min(kept.lines().count()));
    let (new, old) = (text.lines().nth(line).unwrap_or("(end)"), kept.lines().nth(line).unwrap_or("(end)"));
    panic!(
        "{path} is out of date from line {}: it says\n  {old}\nand should say\n  {new}\nUPDATE_SNAPSHOTS=1 rewrites it",
        line + 1
    );
}
