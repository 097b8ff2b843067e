//! What is fetched, what is not, and how long anybody waits: against servers on this machine.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use etalon_contract::document::Code;

use etalon::cli::source::remote::{Bounds, Remote, RemoteHost, RemoteUrl};

/// A server on this machine that counts how often it is asked.
struct Server {
    authority: String,
    asked: Arc<AtomicUsize>,
}

impl Server {
    /// Answers each request by what stands in its first line.
    fn new(answer: impl Fn(&str, &str, &mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let authority = listener.local_addr().expect("it is bound").to_string();
        let asked = Arc::new(AtomicUsize::new(0));
        let (own, count) = (authority.clone(), Arc::clone(&asked));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut head = [0; 8192];
                let length = stream.read(&mut head).unwrap_or(0);
                count.fetch_add(1, Ordering::SeqCst);
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                answer(head.split(' ').nth(1).unwrap_or_default(), &own, &mut stream);
            }
        });
        Self { authority, asked }
    }

    fn url(&self, path: &str) -> RemoteUrl {
        RemoteUrl::parse(&format!("http://{}{path}", self.authority)).expect("a URL")
    }

    fn host(&self) -> RemoteHost {
        RemoteHost::parse(&self.authority).expect("a host")
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn content(stream: &mut TcpStream, body: &[u8]) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A client that has seen enough goes away.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

fn redirect(stream: &mut TcpStream, location: &str) {
    let text = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(text.as_bytes());
}

/// Bounds that a test can wait for.
fn small() -> Bounds {
    Bounds {
        patience: Duration::from_millis(400),
        patience_in_all: Duration::from_secs(20),
        size: 1000,
        size_in_all: 2500,
        documents: 4,
        redirects: 3,
    }
}

/// The code, the reason and the hint of a URL that is not fetched.
fn refused(remote: &Remote, url: &RemoteUrl) -> (Code, String, Option<String>) {
    let refused = remote.fetch(url).expect_err("it is not fetched");
    (refused.code, refused.reason, refused.hint)
}

#[test]
fn a_host_that_nobody_named_is_not_asked() {
    let server = Server::new(|_, _, stream| content(stream, b"a"));
    let other = RemoteHost::parse("127.0.0.1").expect("a host");
    let (code, reason, hint) = refused(&Remote::new(vec![other]), &server.url("/a"));
    assert_eq!(code, Code::ForbiddenReference);
    assert!(reason.ends_with(&format!("nothing is fetched from {}", server.authority)), "{reason}");
    assert_eq!(hint, Some(format!("fetch it with `--allow-remote {}`", server.authority)));
    assert_eq!(server.asked(), 0);
}

#[test]
fn each_document_is_asked_for_once() {
    let server = Server::new(|path, own, stream| match path {
        "/old" => redirect(stream, &format!("http://{own}/new")),
        "/missing" => drop(stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")),
        path => content(stream, path.as_bytes()),
    });
    let remote = Remote::new(vec![server.host()]);
    let old = remote.fetch(&server.url("/old")).expect("it is there");
    assert_eq!((old.bytes.as_slice(), old.found_at), (&b"/new"[..], Some(server.url("/new").to_string())));
    assert_eq!(server.asked(), 2);
    assert_eq!(remote.fetch(&server.url("/old")).expect("it is there").bytes, b"/new");
    assert_eq!(remote.fetch(&server.url("/new")).expect("it is there").found_at, None, "where a redirect led is known");
    assert_eq!(server.asked(), 2);
    for _ in 0..2 {
        let (code, reason, _) = refused(&remote, &server.url("/missing"));
        assert_eq!(code, Code::BrokenReference);
        assert!(reason.ends_with("the answer is 404 Not Found"), "{reason}");
    }
    assert_eq!(server.asked(), 3);
}

#[test]
fn redirects_stay_on_hosts_that_were_named_and_come_to_an_end() {
    let elsewhere = Server::new(|_, _, stream| content(stream, b"secret"));
    let away = elsewhere.url("/there").to_string();
    let server = Server::new(move |path, _, stream| match path {
        "/away" => redirect(stream, &away),
        "/file" => redirect(stream, "file:///etc/passwd"),
        path => redirect(stream, &format!("{path}x")),
    });
    let remote = Remote::within(vec![server.host()], Bounds { documents: 9, ..small() });
    let (code, reason, hint) = refused(&remote, &server.url("/away"));
    assert_eq!(code, Code::ForbiddenReference);
    assert!(reason.contains(&format!("it is redirected to {}", elsewhere.url("/there"))), "{reason}");
    assert_eq!(hint, Some(format!("fetch it with `--allow-remote {}`", elsewhere.authority)));
    assert_eq!(elsewhere.asked(), 0);
    let (_, reason, _) = refused(&remote, &server.url("/file"));
    assert!(reason.contains("nothing is fetched by file"), "{reason}");
    let before = server.asked();
    let (_, reason, _) = refused(&remote, &server.url("/loop"));
    assert!(reason.contains("redirected more than 3 times"), "{reason}");
    assert_eq!(server.asked() - before, 4);
    let both = Remote::new(vec![server.host(), elsewhere.host()]);
    assert_eq!(both.fetch(&server.url("/away")).expect("both were named").bytes, b"secret");
}

#[test]
fn a_slow_or_endless_answer_is_given_up() {
    let server = Server::new(|path, _, stream| match path {
        "/silent" => std::thread::sleep(Duration::from_secs(3)),
        "/drip" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
            for _ in 0..30 {
                if stream.write_all(b"a").is_err() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            while stream.write_all(&[b'a'; 4096]).is_ok() {}
        }
        "/broken" => drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")),
        _ => drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\na")),
    });
    let remote = Remote::within(vec![server.host()], Bounds { documents: 9, ..small() });
    for (path, why) in [
        ("/endless", "it has more than 1000 bytes"),
        ("/broken", "the answer breaks off"),
        ("/coded", "coded as br"),
        ("/drip", "there is no whole answer within 400 ms"),
        ("/silent", "there is no whole answer within 400 ms"),
    ] {
        let start = Instant::now();
        let (code, reason, _) = refused(&remote, &server.url(path));
        assert_eq!(code, Code::BrokenReference, "{path}");
        assert!(reason.contains(why), "{path}: {reason}");
        // The server itself may be busy with the one before.
        assert!(start.elapsed() < Duration::from_secs(5), "{path}");
    }
}

#[test]
fn all_documents_together_are_bounded_in_size_number_and_time() {
    let server = Server::new(|_, _, stream| content(stream, &[b'a'; 900]));
    let remote = Remote::within(vec![server.host()], small());
    assert!(remote.fetch(&server.url("/1")).is_ok() && remote.fetch(&server.url("/2")).is_ok());
    let (_, reason, hint) = refused(&remote, &server.url("/3"));
    assert!(reason.contains("with it, more than"), "{reason}");
    assert!(hint.is_some());
    let few = Remote::within(vec![server.host()], Bounds { size_in_all: 1 << 20, documents: 2, ..small() });
    assert!(few.fetch(&server.url("/1")).is_ok() && few.fetch(&server.url("/2")).is_ok());
    assert!(refused(&few, &server.url("/3")).1.starts_with("2 documents were fetched"));

    let slow = Server::new(|_, _, _| std::thread::sleep(Duration::from_millis(900)));
    let bounds =
        Bounds { patience: Duration::from_millis(100), patience_in_all: Duration::from_millis(150), ..small() };
    let remote = Remote::within(vec![slow.host()], bounds);
    assert!(refused(&remote, &slow.url("/1")).1.contains("within 100 ms"));
    assert!(refused(&remote, &slow.url("/2")).1.contains("more than 150 ms would be spent"));
    assert!(refused(&remote, &slow.url("/3")).1.starts_with("150 ms were spent"));
}

#[test]
fn nobody_there_is_told_in_the_systems_words() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
    let url = RemoteUrl::parse(&format!("http://127.0.0.1:{port}/a")).expect("a URL");
    let remote = Remote::new(vec![url.host()]);
    let (code, reason, _) = refused(&remote, &url);
    assert_eq!(code, Code::BrokenReference);
    assert!(reason.to_lowercase().contains("refused"), "{reason}");
}
