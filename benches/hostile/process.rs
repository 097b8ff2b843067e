//! A mock in a process of its own, and what the system says of it (Linux's `/proc`).

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The document of the attacked mock: operations that take numbers, lists, members and large texts, lists of any scope, and an
/// innocent one.
const DOCUMENT: &str = "openapi: 3.1.0
info: {title: Attacked, version: '1'}
paths:
  /innocent:
    get: {responses: {'200': {description: '', content: {application/json: {schema: {type: object}}}}}}
  /numbers:
    post: {requestBody: {content: {application/json: {schema: {type: array, items: {type: number, minimum: 0, maximum: 1, multipleOf: 0.5}}}}}, responses: {'204': {description: ''}}}
  /unique:
    post: {requestBody: {content: {application/json: {schema: {type: array, uniqueItems: true}}}}, responses: {'204': {description: ''}}}
  /strict:
    post: {requestBody: {content: {application/json: {schema: {type: object, additionalProperties: false, properties: {a: {type: string}}}}}}, responses: {'204': {description: ''}}}
  /large:
    get: {responses: {'200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Large'}}}}}}}
    post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Large'}}}}, responses: {'201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Large'}}}}}}
  /large/{id}:
    get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Large'}}}}}}
  /teams/{team}/things:
    get: {parameters: [{name: team, in: path, required: true, schema: {type: string}}], responses: {'200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Large'}}}}}}}
  /notes:
    get: {responses: {'200': {description: '', content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Note'}}}}}}}
    post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}, responses: {'201': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}}
  /notes/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: '', content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}}
    delete: {responses: {'204': {description: ''}}}
components:
  schemas:
    Note: {type: object, required: [id, text], properties: {id: {type: string, format: uuid, readOnly: true}, text: {type: string}}}
    Large: {type: object, required: [id, text], properties: {id: {type: string, format: uuid}, text: {type: string}}}
";

/// The program that is measured.
pub(crate) fn program() -> String {
    std::env::var("ETALON").unwrap_or_else(|_| env!("CARGO_BIN_EXE_etalon").to_owned())
}

/// A mock that runs in a process of its own.
pub(crate) struct Mock {
    child: Child,
    /// The port that it listens on.
    pub port: u16,
}

impl Mock {
    /// Starts it and waits until it listens.
    pub(crate) fn start() -> Self {
        let file = std::env::temp_dir().join(format!("etalon-attack-{}.yaml", std::process::id()));
        fs::write(&file, DOCUMENT).expect("a file");
        Self::of(&file)
    }

    /// Starts one of a document, and waits until it listens.
    pub(crate) fn of(document: impl AsRef<Path>) -> Self {
        let mut command = Command::new(program());
        let command =
            command.args(["mock", "--port", "0"]).arg(document.as_ref()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines().map_while(Result::ok);
        let port = lines.by_ref().find_map(|line| {
            let (_, rest) = line.split_once("http://127.0.0.1:")?;
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
        });
        // Whatever it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port: port.expect("it says where it listens") }
    }

    /// Processor time so far, in seconds.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
        // User and system time, in hundredths of a second on every Linux that is in use.
        (ticks(11) + ticks(12)) / 100.0
    }

    /// The memory that it holds now, in megabytes.
    pub(crate) fn resident(&self) -> f64 {
        self.status("VmRSS:")
    }

    /// Ends it at once (SIGKILL).
    pub(crate) fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The most memory so far, in megabytes.
    pub(crate) fn peak(&self) -> f64 {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }

    /// Tells it to stop; how long that takes, the longest that is waited at most.
    pub(crate) fn terminate(&mut self, longest: Duration) -> Duration {
        let began = Instant::now();
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(told.is_ok_and(|status| status.success()), "every system has it");
        while began.elapsed() < longest && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        began.elapsed()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.kill();
    }
}
