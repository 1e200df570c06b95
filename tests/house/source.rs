//! The house's own files as text: sources without their tests and comments, queries, documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file, by its path from the root of the house.
pub struct Source {
    pub path: String,
    pub text: String,
    /// True when it is compiled for tests only.
    pub is_test: bool,
}

impl Source {
    /// What is compiled into the program, without comments and without `#[cfg(test)]` modules.
    pub fn program(&self) -> String {
        if self.is_test {
            return String::new();
        }
        let mut lines: Vec<&str> = Vec::new();
        let mut all = self.text.lines().peekable();
        while let Some(line) = all.next() {
            if line == "#[cfg(test)]" {
                let item = all.next().unwrap_or_default();
                if item.ends_with('{') {
                    while all.next().is_some_and(|line| line != "}") {}
                }
                continue;
            }
            if !line.trim_start().starts_with("//") {
                lines.push(line);
            }
        }
        lines.join("\n")
    }

    /// The module it belongs to, `case` for `src/case/find.rs`.
    pub fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap();
        inside.split_once('/').map_or_else(|| inside.strip_suffix(".rs").unwrap(), |(module, _)| module)
    }
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder whose name ends so, in order.
pub fn files(folder: &str, end: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    let from_root = |path: PathBuf| path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
    found.into_iter().map(from_root).filter(|path| path.ends_with(end)).collect()
}

/// Every Rust file below a folder.
pub fn sources(folder: &str) -> Vec<Source> {
    let texts: Vec<(String, String)> = files(folder, ".rs").into_iter().map(|path| (path.clone(), read(&path))).collect();
    let tests: BTreeSet<String> = texts.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let is_test =
        |path: &str| tests.iter().any(|module| path == format!("{module}.rs") || path.starts_with(&format!("{module}/")));
    texts.into_iter().map(|(path, text)| Source { is_test: is_test(&path), path, text }).collect()
}

/// Modules that a file declares as `#[cfg(test)] mod name;`, as paths without the ending.
fn test_modules(path: &str, text: &str) -> Vec<String> {
    let folder = match path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix("/lib.rs")) {
        Some(folder) => folder,
        None => path.strip_suffix(".rs").unwrap(),
    };
    let lines: Vec<&str> = text.lines().collect();
    let declared = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").map(|pair| pair[1]);
    declared
        .filter_map(|line| line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')))
        .map(|module| format!("{folder}/{module}"))
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}
