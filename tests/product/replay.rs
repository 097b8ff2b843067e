//! What fuzzing has tried before, tried again: the corpus of `fuzz`, through the same bodies.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::path::Path;

#[test]
fn the_corpus_of_every_fuzz_target_breaks_no_promise() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, body) in bodies::ALL {
        let mut tried = 0;
        for entry in fs::read_dir(corpus.join(name)).expect("each target has a corpus") {
            let path = entry.expect("it can be listed").path();
            let bytes = fs::read(&path).expect("it can be read");
            // The name of what breaks one is the first thing that somebody wants to know.
            if std::panic::catch_unwind(|| body(&bytes)).is_err() {
                panic!("{name}: {}", path.display());
            }
            // And all its beginnings, which are seldom sound.
            (0..bytes.len()).step_by(7).for_each(|end| body(&bytes[..end]));
            tried += 1;
        }
        assert!(tried > 0, "{name} has no corpus");
    }
}
