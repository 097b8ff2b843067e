//! What an answer costs as a set grows: one server that is filled further and further, and is asked the same at each size.

use std::path::Path;
use std::time::Instant;

use crate::client::{Connection, load};
use crate::kind::{Kind, filling};
use crate::process::Server;
use crate::{CONNECTIONS, DOCUMENT};

/// The kinds that are asked, each with the number of requests at the smallest size.
const ASKED: [(Kind, usize); 6] = [
    (Kind::Item, 2_000),
    (Kind::Page, 1_000),
    (Kind::LastPage, 1_000),
    (Kind::Replaced, 1_000),
    (Kind::Filter, 64),
    (Kind::Sort, 32),
];

/// Prints a line for each size up to one: processor time of an answer in microseconds, of creation as well, and memory.
pub(crate) async fn curve(most: usize) {
    print!("{:>9} {:>10} {:>10}", "items", "created us", "created/s");
    for (kind, _) in ASKED {
        print!(" {:>12}", format!("{} us", kind.word()));
    }
    println!(" {:>10} {:>12}", "memory kB", "bytes/item");
    let server = Server::start("etalon", 1, Path::new(DOCUMENT));
    let mut connection = Connection::open(server.port).await.expect("it listens");
    // What a process takes without items.
    connection.ask(&filling(0)).await.expect("it answers");
    let empty = server.memory();
    let mut there = 1;
    let mut size = 1_000;
    while size <= most {
        let (before, begun, made) = (server.seconds(), Instant::now(), size - there);
        while there < size {
            let answer = connection.ask(&filling(there)).await.expect("it answers");
            assert_eq!(answer.status(), 201, "{}{}", answer.head, String::from_utf8_lossy(&answer.body));
            there += 1;
        }
        let spent = (server.seconds() - before) * 1e6 / made as f64;
        let memory = server.memory();
        print!("{size:>9} {spent:>10.1} {:>10.0}", made as f64 / begun.elapsed().as_secs_f64());
        for (kind, times) in ASKED {
            // What looks at every item takes longer the more there are.
            let times = match kind {
                Kind::Filter | Kind::Sort => (times * 1_000 / size).max(2) * CONNECTIONS,
                Kind::Item | Kind::Page | Kind::LastPage | Kind::Replaced | Kind::Refused | Kind::Created => times,
            };
            let before = server.seconds();
            load(server.port, &kind.request(size), times, CONNECTIONS).await.expect("it answers");
            print!(" {:>12.1}", (server.seconds() - before) * 1e6 / times as f64);
        }
        let each = memory.saturating_sub(empty) * 1024 / u64::try_from(size).unwrap_or(1);
        println!(" {memory:>10} {each:>12}");
        size *= 10;
    }
    server.end();
}
