//! Documents made to do harm: bombs, towers, circles, what is no text, and references to what nobody may read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A document: its name, which is that of its file, and its bytes.
type Case = (&'static str, Vec<u8>);

/// The head of most of the documents.
const HEAD: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";

/// Makes them in a folder, with what they try to reach around it: each by its name.
pub(crate) fn make(folder: &Path) -> Vec<PathBuf> {
    let inner = folder.join("inner");
    fs::create_dir_all(&inner).expect("a folder can be made");
    let mut cases = Vec::new();
    for add in [bombs, towers, circles, long_ones, odd_texts, references, other_bytes] {
        add(&mut cases);
    }
    surround(folder, &inner);
    let mut paths = Vec::new();
    for (name, bytes) in &cases {
        let path = inner.join(name);
        fs::write(&path, bytes).expect("it can be written");
        paths.push(path);
    }
    paths
}

/// Adds aliases that unfold to more than memory holds.
fn bombs(cases: &mut Vec<Case>) {
    let mut add = |name, text: String| cases.push((name, text.into_bytes()));
    let mut bomb = format!("{HEAD}x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..20 {
        bomb.push_str(&format!("x-a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    add("alias-bomb.yaml", bomb + "paths: {}\n");
    let mut keys = format!("{HEAD}x-a0: &a0 {{a: 1, b: 2}}\n");
    for level in 1..24 {
        keys.push_str(&format!(
            "x-a{level}: &a{level} {{a: *a{}, b: *a{}, <<: *a{}}}\n",
            level - 1,
            level - 1,
            level - 1
        ));
    }
    add("merge-bomb.yaml", keys + "paths: {}\n");
    add(
        "wide-alias-bomb.yaml",
        format!("{HEAD}x-a: &a \"{}\"\nx-b: [{}]\npaths: {{}}\n", "x".repeat(1 << 20), vec!["*a"; 100_000].join(",")),
    );
}

/// Adds towers: collections and schemas that are nested deeper than a stack reaches.
fn towers(cases: &mut Vec<Case>) {
    let mut add = |name, text: String| cases.push((name, text.into_bytes()));
    add("deep-json.json", "[".repeat(100_000) + &"]".repeat(100_000));
    add("deep-objects.json", "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000));
    add("deep-flow.yaml", format!("{HEAD}x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)));
    add("deep-block.yaml", format!("{HEAD}x:\n  {}1\n", "- ".repeat(100_000)));
    add("deep-unclosed.yaml", format!("{HEAD}x: {}", "{a: ".repeat(100_000)));
    let deep_schema = "{\"properties\":{\"a\":".repeat(60) + "{}" + &"}}".repeat(60);
    add(
        "deep-schema.json",
        format!(
            "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{}},\"components\":{{\"schemas\":{{\"A\":{deep_schema}}}}}}}"
        ),
    );
}

/// Adds references in circles, small and large.
fn circles(cases: &mut Vec<Case>) {
    let mut add = |name, text: String| cases.push((name, text.into_bytes()));
    add(
        "self-ref.yaml",
        format!("{HEAD}paths:\n  /a: {{get: {{responses: {{'200': {{$ref: '#/paths/~1a/get/responses/200'}}}}}}}}\n"),
    );
    add(
        "path-item-cycle.yaml",
        format!("{HEAD}paths:\n  /a: {{$ref: '#/paths/~1b'}}\n  /b: {{$ref: '#/paths/~1a'}}\n"),
    );
    add("pointer-into-itself.yaml", format!("{HEAD}paths:\n  /a: {{$ref: '#/paths/~1a/get/x'}}\n"));
    let mut ring = format!("{HEAD}paths: {{}}\ncomponents:\n  schemas:\n");
    for number in 0..20_000 {
        ring.push_str(&format!("    S{number}: {{$ref: '#/components/schemas/S{}'}}\n", (number + 1) % 20_000));
    }
    add("ring-of-refs.yaml", ring);
    let mut dense = format!(
        "{HEAD}paths:\n  /a: {{get: {{responses: {{'200': {{description: d, content: {{application/json: {{schema: {{$ref: '#/components/schemas/S0'}}}}}}}}}}}}}}\ncomponents:\n  schemas:\n"
    );
    for number in 0..200 {
        let properties: Vec<String> =
            (0..200).map(|other| format!("p{other}: {{$ref: '#/components/schemas/S{other}'}}")).collect();
        dense.push_str(&format!("    S{number}: {{type: object, properties: {{{}}}}}\n", properties.join(", ")));
    }
    add("dense-cycle.yaml", dense);
}

/// Adds what is long: keys, paths, lists of operations.
fn long_ones(cases: &mut Vec<Case>) {
    let mut add = |name, text: String| cases.push((name, text.into_bytes()));
    add(
        "long-key.json",
        format!(
            "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{}},\"x-{}\":1}}",
            "k".repeat(10 << 20)
        ),
    );
    add(
        "long-path.json",
        format!(
            "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{\"{}\":{{\"get\":{{\"responses\":{{}}}}}}}}}}",
            "/a".repeat(5 << 20)
        ),
    );
    add("long-key.yaml", format!("{HEAD}paths: {{}}\nx-{}: 1\n", "k".repeat(10 << 20)));
    let mut many = String::from("{\"openapi\":\"3.0.3\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{");
    for number in 0..10_000 {
        let comma = if number > 0 { "," } else { "" };
        many.push_str(&format!("{comma}\"/r{number}/{{id}}\":{{\"get\":{{\"parameters\":[{{\"name\":\"id\",\"in\":\"path\",\"required\":true,\"schema\":{{\"type\":\"string\"}}}}],\"responses\":{{\"200\":{{\"description\":\"d\"}}}}}}}}"));
    }
    add("ten-thousand-operations.json", many + "}}");
}

/// Adds texts that are empty, or have what no text should.
fn odd_texts(cases: &mut Vec<Case>) {
    let mut add = |name, text: String| cases.push((name, text.into_bytes()));
    add("empty.yaml", String::new());
    add("nul.yaml", format!("{HEAD}paths: {{}}\nx: \"a\0b\"\n"));
    add("many-duplicates.json", format!("{{{}\"openapi\":\"3.0.3\",\"paths\":{{}}}}", "\"a\":1,".repeat(300_000)));
}

/// Adds references to what nobody may read.
fn references(cases: &mut Vec<Case>) {
    let mut add = |name, text: String| cases.push((name, text.into_bytes()));
    let reference =
        |target: &str| format!("{HEAD}paths:\n  /a: {{get: {{responses: {{'200': {{$ref: '{target}'}}}}}}}}\n");
    for (name, target) in [
        ("ref-passwd.yaml", "/etc/passwd"),
        ("ref-file-uri.yaml", "file:///etc/passwd"),
        ("ref-http.yaml", "http://127.0.0.1:1/x.yaml"),
        ("ref-fifo.yaml", "pipe.yaml"),
        ("ref-folder.yaml", "folder"),
        ("ref-above.yaml", "../../secret.yaml"),
        ("ref-loop.yaml", "loop.yaml"),
        ("ref-link-out.yaml", "out.yaml"),
        ("ref-zero.yaml", "zero.yaml"),
        ("ref-self.yaml", "ref-self.yaml"),
        ("ref-png.yaml", "picture.png"),
    ] {
        add(name, reference(target));
    }
}

/// Adds bytes that are no UTF-8.
fn other_bytes(cases: &mut Vec<Case>) {
    cases.push(("invalid-utf8.yaml", [HEAD.as_bytes(), b"x: \xFF\xFE\xFD\n"].concat()));
    cases.push(("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()));
    let utf16 = |text: &str| [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    cases.push(("utf16.yaml", utf16(&format!("{HEAD}paths: {{}}\n"))));
}

/// Makes what the references try to reach: a pipe, a folder, a secret above and links that lead out.
fn surround(folder: &Path, inner: &Path) {
    let _ = Command::new("mkfifo").arg(inner.join("pipe.yaml")).status();
    let _ = fs::create_dir(inner.join("folder"));
    fs::write(folder.join("secret.yaml"), "description: secret").expect("it can be written");
    #[cfg(unix)]
    for (target, name) in [("loop.yaml", "loop.yaml"), ("../secret.yaml", "out.yaml"), ("/dev/zero", "zero.yaml")] {
        std::os::unix::fs::symlink(target, inner.join(name)).expect("a link can be made");
    }
}
