//! The plan of the house: floors, sizes, names, and documents that tell the truth about files.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Source, files, read, root, sources};

/// Floors as `src/lib.rs` draws them, the lowest first. Arrows point down; on one floor nobody knows the neighbours, but for the
/// plain values at the bottom.
const FLOORS: [&[&str]; 10] = [
    &["id", "money", "identity", "division", "time", "number", "code", "stored", "xml"],
    &["actor"],
    &["db", "http", "rail", "sheet", "telemetry", "vault"],
    &["audit", "reads"],
    &["policy"],
    &["book"],
    &["alarm", "case", "custody", "fund", "goods", "hook", "hospital", "recovery", "roster"],
    &["publicity", "report", "settlement", "statement", "waiver"],
    &["transfer"],
    &["server"],
];

const LINES_MAX: usize = 400;
const REFUSED: [&str; 9] = ["util", "utils", "helper", "helpers", "common", "misc", "service", "manager", "repository"];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Modules that a program text names after `crate::`, also in braces.
fn known_by(text: &str) -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let mut depth = 0;
                let mut name = String::new();
                for character in group.chars() {
                    match character {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => known.extend(Some(std::mem::take(&mut name))),
                        _ if depth == 0 => name.push(character),
                        _ => {}
                    }
                }
                known.insert(name);
            }
            None => known.extend(Some(rest.chars().take_while(|next| next.is_alphanumeric() || *next == '_').collect())),
        }
    }
    known
        .iter()
        .map(|name| name.trim().split("::").next().unwrap_or_default().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

fn house() -> Vec<Source> {
    sources("src").into_iter().filter(|source| !matches!(source.path.as_str(), "src/lib.rs" | "src/main.rs")).collect()
}

#[test]
fn modules_are_found_behind_every_way_of_naming_them() {
    let text = "use crate::a::B;\nuse crate::{b, c::{D, e}, f::G};\nfn x() { crate::g::h(); mycrate::i(); pub(crate) }";
    assert_eq!(known_by(text).into_iter().collect::<Vec<_>>(), ["a", "b", "c", "f", "g"]);
}

#[test]
fn every_module_has_a_floor() {
    let modules: BTreeSet<String> = house().iter().map(|source| source.module().to_owned()).collect();
    let homeless: Vec<_> = modules.iter().filter(|module| floor(module).is_none()).collect();
    assert!(homeless.is_empty(), "no floor: {homeless:?}");
    let empty: Vec<_> = FLOORS.concat().into_iter().filter(|module| !modules.contains(*module)).collect();
    assert!(empty.is_empty(), "a floor is kept for what is not there: {empty:?}");
}

#[test]
fn arrows_point_down_and_neighbours_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for source in house() {
        let (module, program) = (source.module().to_owned(), source.program());
        let own = floor(&module).unwrap();
        for known in known_by(&program) {
            let allowed = match floor(&known) {
                Some(other) => other < own || known == module || (own == 0 && other == 0),
                None => false,
            };
            if !allowed {
                wrong.push(format!("{}: {module} (floor {own}) knows {known} (floor {:?})", source.path, floor(&known)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_program_only_opens_the_door() {
    assert!(known_by(&read("src/main.rs")).is_empty());
}

#[test]
fn nobody_reaches_past_its_parent() {
    let wrong: Vec<_> =
        sources("src").into_iter().filter(|source| source.text.contains("super::super")).map(|s| s.path).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn the_story_of_a_folder_holds_no_logic() {
    let logic = |line: &str| {
        let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").trim_start_matches("async ");
        ["fn ", "impl ", "impl<", "const fn ", "macro_rules! "].iter().any(|start| line.starts_with(start))
    };
    let mut wrong = Vec::new();
    for source in sources("src").into_iter().filter(|source| source.path.ends_with("/mod.rs")) {
        let found = source.program().lines().find(|line| logic(line)).map(str::to_owned);
        wrong.extend(found.map(|line| format!("{}: {line}", source.path)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_folder_tells_its_story() {
    let folders = sources("src").into_iter().filter(|source| source.path.ends_with("/mod.rs"));
    let silent: Vec<_> = folders.filter(|source| !source.text.starts_with("//!")).map(|source| source.path).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let all = sources("src").into_iter().chain(sources("tests"));
    let counted = all.map(|source| (source.text.lines().count(), source.path));
    let long: Vec<_> = counted.filter(|(lines, _)| *lines > LINES_MAX).collect();
    assert!(long.is_empty(), "{long:#?}");
}

/// Words of a name in snake or camel case, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in name.chars() {
        if character == '_' || character.is_uppercase() {
            words.push(String::new());
        }
        if character != '_' {
            words.last_mut().unwrap().extend(character.to_lowercase());
        }
    }
    words
}

#[test]
fn no_name_is_empty_of_meaning() {
    let refused = |name: &str| words(name).iter().any(|word| REFUSED.contains(&word.as_str()));
    assert!(refused("case_helpers") && refused("FundManager") && !refused("Services"));
    let mut wrong = Vec::new();
    for source in sources("src").into_iter().chain(sources("tests")) {
        let path = source.path.strip_suffix(".rs").unwrap();
        wrong.extend(path.split('/').find(|part| refused(part)).map(|part| format!("{}: {part}", source.path)));
        for line in source.text.lines() {
            let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let named = ["struct ", "enum ", "trait ", "mod ", "type "].iter().find_map(|start| line.strip_prefix(start));
            let name: String =
                named.unwrap_or_default().chars().take_while(|next| next.is_alphanumeric() || *next == '_').collect();
            if refused(&name) {
                wrong.push(format!("{}: {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Texts given to `format!` in a program text.
fn formatted(text: &str) -> Vec<&str> {
    let starts = text.match_indices("format!(").map(|(at, macro_name)| &text[at + macro_name.len()..]);
    starts.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"').map(|(literal, _)| literal)).collect()
}

#[test]
fn no_statement_is_built_from_pieces() {
    let verbs =
        ["select ", "insert into ", "update ", "delete from ", "create ", "drop ", "alter ", "grant ", "revoke ", "truncate "];
    let mut wrong = Vec::new();
    for source in sources("src") {
        let program = source.program();
        let found = formatted(&program).into_iter().find(|literal| {
            let literal = literal.trim_start().to_ascii_lowercase();
            verbs.iter().any(|verb| literal.starts_with(verb))
        });
        wrong.extend(found.map(|literal| format!("{}: {literal}", source.path)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_query_is_used() {
    let programs: Vec<Source> = sources("src").into_iter().chain(sources("tests")).collect();
    let prepared = read("src/book/statements.rs");
    let (_, prepared) = prepared.split_once("\nstatements! {").unwrap();
    let prepared: BTreeSet<&str> = prepared.split([',', '\n', '}']).map(str::trim).collect();
    let (readme, operators) = (read("README.md"), read("deploy/operators.md"));
    let mut unused = Vec::new();
    for path in files("sql", ".sql") {
        let name = path.rsplit('/').next().unwrap().strip_suffix(".sql").unwrap();
        let by_book = path.starts_with("sql/book/") && prepared.contains(name);
        let by_migration = path.starts_with("sql/migrations/V");
        let named =
            programs.iter().any(|source| source.text.contains(&path)) || readme.contains(&path) || operators.contains(&path);
        if !(by_book || by_migration || named) {
            unused.push(path);
        }
    }
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn the_map_names_every_folder() {
    let readme = read("README.md");
    let (_, map) = readme.split_once("\n## The map\n").expect("README.md has no section \"The map\"");
    let map = map.split("\n## ").next().unwrap();
    let mut folders: BTreeMap<String, bool> = BTreeMap::new();
    for source in sources("src") {
        let (folder, _) = source.path.rsplit_once('/').unwrap();
        *folders.entry(folder.to_owned()).or_insert(true) &= source.is_test;
    }
    let program = folders.iter().filter(|(folder, only_tests)| !**only_tests && *folder != "src").map(|(folder, _)| folder);
    let absent: Vec<_> = program.filter(|folder| !map.contains(&format!("`{folder}`"))).collect();
    assert!(absent.is_empty(), "the map of README.md does not name {absent:?}");
}

#[test]
fn documents_name_only_what_is_there() {
    let mut wrong = Vec::new();
    for document in ["README.md", "deploy/operators.md", "deploy/integrator/README.md"] {
        let text = read(document);
        for (index, named) in text.split('`').enumerate() {
            let path = named.trim_end_matches('/');
            let house = ["src/", "sql/", "tests/", "deploy/", "loadtest/"].iter().any(|start| path.starts_with(start));
            // Between backticks, one path, no pattern.
            if index % 2 == 1 && house && !path.contains([' ', '*', '…', '{', '<', ':', '\n']) && !root().join(path).exists() {
                wrong.push(format!("{document}: {path}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
