//! The documents of a corpus, as its manifests list them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One line of a manifest, its cells by the names in the head line.
pub(crate) type Row = BTreeMap<String, String>;

/// The documents that are there.
pub(crate) fn manifest(folder: &Path) -> Vec<Row> {
    let mut rows = Vec::new();
    for name in ["manifest-open.tsv", "manifest.tsv"] {
        rows.extend(table(&folder.join(name)));
    }
    rows.retain(|row| folder.join(&row["path"]).is_file());
    rows
}

fn table(path: &Path) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect()
}
