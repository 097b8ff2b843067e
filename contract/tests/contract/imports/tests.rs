//! What the reader finds in small sources, and what it leaves alone.

use std::collections::BTreeMap;

use crate::imports::circles::{Ways, against, between_folders};
use crate::imports::package::Package;

/// The package of these files, with an empty `lib.rs` and `mod.rs` where none is given.
fn package(files: &[(&str, &str)]) -> Package {
    let mut given: BTreeMap<String, &str> = files.iter().map(|(file, text)| ((*file).to_owned(), *text)).collect();
    given.entry("lib.rs".to_owned()).or_default();
    for (file, _) in files {
        for (end, _) in file.match_indices('/') {
            let folder = &file[..end];
            if !given.contains_key(&format!("{folder}.rs")) {
                given.entry(format!("{folder}/mod.rs")).or_default();
            }
        }
    }
    Package::of(given.iter().map(|(file, text)| (file.as_str(), *text)))
}

/// The arrows of a package of files, as `from -> to`.
fn arrows(files: &[(&str, &str)]) -> Vec<String> {
    package(files).arrows().iter().map(|arrow| format!("{} -> {}", arrow.from.join("/"), arrow.to.join("/"))).collect()
}

#[test]
fn every_way_to_write_a_path_is_read() {
    for text in [
        "use crate::b::Item;",
        "pub use crate::b::Item as Other;",
        "pub(crate) use crate::{b::{self, Item}};",
        "use crate::{\n    // crate::c::Item\n    b,\n};",
        "use crate::b::*;",
        "fn f() { use crate::b::Item; }",
        "fn f(item: &crate::b::Item) {}",
        "fn f() -> Vec<crate::b::Item> { Vec::new() }",
        "fn f() { let _ = 0..crate::b::LAST; }",
        "fn f() { println!(\"{}\", crate::b::NAME); }",
        "macro_rules! m { () => { $crate::b::NAME } }",
        "#[value(parser = crate::b::parse)] struct A;",
        "fn f() { super::b::g() }",
        "mod inner { fn f() { super::super::b::g() } }",
        "use crate::b; fn f() { b::g() }",
    ] {
        assert_eq!(arrows(&[("a.rs", text), ("b.rs", ""), ("c.rs", "")]), ["a -> b"], "{text}");
    }
}

#[test]
fn what_is_no_path_of_the_product_is_left_out() {
    for text in [
        "// use crate::b::Item;\n/// See [`crate::b`].\nfn f() { g(\"crate::b::Item\") }",
        "#[cfg(test)]\nmod tests { use crate::b::Item; }",
        "#[cfg(test)]\nuse crate::b::Item;\n",
        "#[cfg(all(test, unix))]\nfn f(item: crate::b::Item) -> u8 { 1 }",
        "use other::b::Item; fn f() { ::b::g(); other::b::g() }",
        "fn f<'b>(x: &'b X) -> impl Fn() + use<'b> { x.b::<u8>() }",
    ] {
        assert!(arrows(&[("a.rs", text), ("b.rs", "")]).is_empty(), "{text}");
    }
    assert_eq!(
        arrows(&[("a.rs", "#[cfg(not(test))]\nuse crate::b::Item;\n#[cfg(test)]\nmod tests;\n"), ("b.rs", "")]),
        ["a -> b"]
    );
}

#[test]
fn a_re_export_is_followed_to_the_file_that_has_the_item() {
    let files = [
        ("lib.rs", "mod a; pub mod b; pub use b::Item;"),
        ("a.rs", "use crate::b::Item;"),
        ("b/mod.rs", "mod inner; pub use inner::Item;"),
        ("b/inner.rs", "pub struct Item;"),
        ("c.rs", "use crate::Item;"),
    ];
    let found = arrows(&files);
    for expected in ["a -> b/inner", "b -> b/inner", "c -> b/inner"] {
        assert!(found.iter().any(|arrow| arrow == expected), "{expected} is not in {found:?}");
    }
    let endless = [("lib.rs", ""), ("a.rs", "pub use crate::b::X;"), ("b.rs", "pub use crate::a::X;")];
    assert_eq!(arrows(&endless), ["a -> b", "b -> a"]);
}

#[test]
fn a_circle_of_folders_is_told_with_the_lines_that_close_it() {
    let two = package(&[("a/mod.rs", "mod x;"), ("a/x.rs", "\nuse crate::b::y::Y;"), ("b/y.rs", "use crate::a::X;")]);
    assert_eq!(between_folders(&two, Ways::Folders), ["a uses b (a/x.rs:2), b uses a (b/y.rs:1)"]);
    let three = package(&[
        ("a/x.rs", "use crate::{b::Y};"),
        ("b/y.rs", "fn f() { crate::c::z::g() }"),
        ("c/z.rs", "pub(crate) use crate::a::x::X;"),
    ]);
    assert_eq!(
        between_folders(&three, Ways::Folders),
        ["a uses b (a/x.rs:1), b uses c (b/y.rs:1), c uses a (c/z.rs:1)"]
    );
}

#[test]
fn a_circle_is_found_at_each_depth_and_between_a_folder_and_a_file() {
    let deep = package(&[("a/b/x.rs", "use crate::a::c::Y;"), ("a/c/y.rs", "use crate::a::b::X;")]);
    assert_eq!(between_folders(&deep, Ways::Folders), ["a/b uses c (a/b/x.rs:1), a/c uses b (a/c/y.rs:1)"]);
    let file = package(&[("a/x.rs", "use crate::file::Y;"), ("file.rs", "use crate::a::X;")]);
    assert_eq!(between_folders(&file, Ways::FoldersAndFiles), ["a uses file (a/x.rs:1), file uses a (file.rs:1)"]);
    assert!(between_folders(&file, Ways::Folders).is_empty());
    let through_a_re_export =
        package(&[("lib.rs", "pub use a::x::X;"), ("a/x.rs", "use crate::b::Y;"), ("b/y.rs", "use crate::X;")]);
    assert_eq!(between_folders(&through_a_re_export, Ways::Folders), ["a uses b (a/x.rs:1), b uses a (b/y.rs:1)"]);
}

#[test]
fn a_folder_and_its_own_files_and_two_files_alone_are_no_circle() {
    let own = package(&[("a/mod.rs", "mod x; pub use x::X; pub struct A;"), ("a/x.rs", "use crate::a::A;")]);
    assert!(between_folders(&own, Ways::FoldersAndFiles).is_empty());
    let files = package(&[("x.rs", "use crate::y::Y;"), ("y.rs", "use crate::x::X;")]);
    assert!(between_folders(&files, Ways::FoldersAndFiles).is_empty());
}

#[test]
fn an_arrow_up_the_floors_is_told_with_its_line() {
    let package = package(&[
        ("low/x.rs", "use crate::high::Y;"),
        ("high/y.rs", "use crate::low::x::X;"),
        ("high.rs", "pub use y::Y;"),
    ]);
    let told = against(&package, &["low", "high"]);
    assert_eq!(told, ["low/x.rs:1 uses high"]);
    assert!(against(&package, &["high", "low"]).iter().all(|arrow| arrow.starts_with("high/y.rs:1 uses low")));
}
