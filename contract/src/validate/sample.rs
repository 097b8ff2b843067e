//! The examples and defaults that a document shows, held against their own schemas.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};

use jsonschema::Validator;
use serde_json::Value;

use crate::document::{Code, Defect, Document, Location, Pointer};
use crate::lint::{self, Role, Sample};
use crate::model::{Contract, Direction, Wording};
use crate::rule::Subject;
use crate::validate::compile::fresh;
use crate::validate::value::judge;

/// The most faults of one example that are told: who mends the first sees the next.
const MAX_FAULTS: usize = 5;

/// Every example and default that its own schema does not allow. One that is right as it is sent or as it is answered is
/// right: examples show whole objects, members that travel one way alone included. Reads and compiles every schema that has
/// any, those that say the same once, so it takes a multiple of the time that loading took.
#[must_use]
pub fn samples(contract: &Contract) -> Vec<Defect> {
    let document = contract.document();
    let findings = lint::findings(contract);
    let mut alike: HashMap<Wording, Vec<usize>> = HashMap::new();
    for (number, sample) in findings.samples.iter().enumerate() {
        alike.entry(Wording::of(document, &sample.schema)).or_default().push(number);
    }
    let mut alike: Vec<Vec<usize>> = alike.into_values().collect();
    alike.sort_unstable_by_key(|numbers| numbers[0]);
    let mut purse = Purse { document, known: HashMap::new(), left: MAX_WORK };
    let mut found: Vec<(usize, Vec<Defect>)> = Vec::new();
    let mut left_out = 0;
    for numbers in &alike {
        let schema = &findings.samples[numbers[0]].schema;
        if purse.pays_for(schema) {
            let judges = Judges::of(contract, schema);
            found.extend(numbers.iter().map(|number| (*number, judges.faults(&findings.samples[*number]))));
        } else {
            left_out += numbers.len();
        }
    }
    found.sort_unstable_by_key(|(number, _)| *number);
    let mut found: Vec<Defect> = found.into_iter().flat_map(|(_, faults)| faults).collect();
    if left_out > 0 {
        let reason =
            format!("{left_out} examples and defaults were not held against their schemas, which are too large");
        found.push(Defect::new(Code::Unsupported, Location::default(), reason));
    }
    found
}

/// The most nodes of schemas that are compiled to judge the samples of one document, counted again for each schema that reaches
/// them: some seconds' worth.
const MAX_WORK: usize = 2_000_000;

/// The budget of schemas that may still be compiled.
struct Purse<'d> {
    document: &'d Document,
    /// The nodes of each schema that was asked about, and where its references lead.
    known: HashMap<Location, (usize, Vec<Location>)>,
    left: usize,
}

impl Purse<'_> {
    /// True where a schema, with all that it refers to, can still be compiled.
    fn pays_for(&mut self, schema: &Location) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![schema.clone()];
        let mut cost = 0;
        while let Some(at) = open.pop() {
            if !seen.insert(at.clone()) {
                continue;
            }
            let (nodes, references) = self.known.entry(at).or_insert_with_key(|at| measured(self.document, at));
            cost += *nodes;
            if cost > self.left {
                return false;
            }
            open.extend(references.iter().cloned());
        }
        self.left -= cost;
        true
    }
}

/// The number of nodes at a location, and the locations that the references in it lead to.
fn measured(document: &Document, at: &Location) -> (usize, Vec<Location>) {
    let mut nodes = 0;
    let mut references = BTreeSet::new();
    let mut open: Vec<&Value> = document.node(at).into_iter().collect();
    while let Some(node) = open.pop() {
        nodes += 1;
        match node {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                let reference = members.get("$ref").and_then(Value::as_str);
                references.extend(reference.and_then(|reference| document.resolve(at, reference).ok()));
                open.extend(members.values());
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    (nodes, references.into_iter().collect())
}

/// The validators of a schema, for what is answered and, made when first asked for, for what is sent. Of thousands of schemas
/// most are never asked again, so none is kept with the contract.
struct Judges<'c> {
    contract: &'c Contract,
    schema: &'c Location,
    /// `None` where the schema cannot be used, which is reported as such.
    answered: Option<Validator>,
    sent: OnceCell<Option<Validator>>,
}

impl<'c> Judges<'c> {
    fn of(contract: &'c Contract, schema: &'c Location) -> Self {
        let answered = fresh(contract, schema, Direction::Response).ok();
        Self { contract, schema, answered, sent: OnceCell::new() }
    }

    fn faults(&self, sample: &Sample) -> Vec<Defect> {
        let Some(instance) = self.contract.document().node(&sample.at) else { return Vec::new() };
        if sample.role == Role::Written && instance.is_string() {
            return Vec::new();
        }
        let judged =
            |validator, direction| judge(self.contract, validator, (self.schema, direction), &Subject::Body, instance);
        let Some(answered) = &self.answered else { return Vec::new() };
        let answered = judged(answered, Direction::Response);
        if answered.is_empty() {
            return Vec::new();
        }
        let sent = self.sent.get_or_init(|| fresh(self.contract, self.schema, Direction::Request).ok());
        let violations = match sent.as_ref().map(|sent| judged(sent, Direction::Request)) {
            Some(sent) if sent.len() < answered.len() => sent,
            Some(_) | None => answered,
        };
        let word = match sample.role {
            Role::Example | Role::Written => "example",
            Role::Default => "default",
            Role::Listed => "value of the `enum`",
        };
        let mut faults: Vec<(Pointer, String)> = Vec::new();
        for violation in &violations {
            // What several keywords say of one place is told at once.
            match faults.iter_mut().find(|(at, _)| *at == violation.pointer) {
                Some((_, told)) => *told = format!("{told}; {}", violation.message),
                None => faults.push((violation.pointer.clone(), violation.message.clone())),
            }
        }
        faults.into_iter().take(MAX_FAULTS).map(|(at, told)| fault(sample, word, &at, &told)).collect()
    }
}

fn fault(sample: &Sample, word: &str, within: &Pointer, told: &str) -> Defect {
    let at = Location { file: sample.at.file, pointer: sample.at.pointer.append(within) };
    Defect::new(Code::InvalidExample, at, format!("this {word} does not fit its schema: {told}"))
        .hint(format!("correct it, or the schema at {}", sample.schema.pointer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, NoFiles, Source};

    /// The location of each example of a document that does not fit, with the reason.
    fn found(text: &str) -> Vec<(String, String)> {
        let document = Document::load(Source { name: "api.yaml", bytes: text.as_bytes() }, &[], &NoFiles);
        let contract = Contract::new(document.expect("it can be loaded"));
        let mut found: Vec<(String, String)> =
            samples(&contract).into_iter().map(|one| (one.at.pointer.as_str().to_owned(), one.reason)).collect();
        found.sort();
        found
    }

    fn places(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(at, _)| at).collect()
    }

    #[test]
    fn an_example_that_does_not_fit_is_told_within_the_example() {
        let text = "openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    post:
      parameters:
        - {name: p, in: query, schema: {type: integer}, example: one}
        - {name: q, in: query, schema: {type: integer, default: many}, examples: {good: {value: 1}, bad: {value: x}}}
        - {name: r, in: query, content: {application/json: {schema: {type: integer}, example: {}}}}
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/Pet'}, examples: {e: {$ref: '#/components/examples/E'}}}
          application/xml: {schema: {$ref: '#/components/schemas/Pet'}, example: '<pet/>'}
      responses:
        '200':
          description: x
          headers: {X: {schema: {type: boolean}, example: 'yes'}}
          content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}, example: {name: A, tags: [a, 2], age: null}}}
components:
  examples: {E: {value: {tags: []}}}
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {type: string, example: 5}
        age: {type: integer, nullable: true, example: null, default: 3}
        tags: {type: array, items: {type: string}, example: [a, b]}
        id: {type: string, readOnly: true}
        pin: {type: string, writeOnly: true}
      example: {name: A, id: one, pin: two}
";
        let operation = "/paths/~1a/post";
        assert_eq!(
            places(text),
            [
                "/components/examples/E/value".to_owned(),
                "/components/schemas/Pet/properties/name/example".to_owned(),
                format!("{operation}/parameters/0/example"),
                format!("{operation}/parameters/1/examples/bad/value"),
                format!("{operation}/parameters/1/schema/default"),
                format!("{operation}/parameters/2/content/application~1json/example"),
                format!("{operation}/responses/200/content/application~1json/example/tags/1"),
                format!("{operation}/responses/200/headers/X/example"),
            ]
        );
        let (_, reason) = &found(text)[6];
        assert!(reason.starts_with("this example does not fit its schema: "), "{reason}");
    }

    #[test]
    fn what_would_take_too_long_is_left_out_and_told() {
        let text = "openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    A: {type: object, properties: {b: {$ref: '#/components/schemas/B'}, n: {type: integer, example: x}}, example: {}}
    B: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}, example: {a: {n: x}}}
";
        let document = Document::load(Source { name: "api.yaml", bytes: text.as_bytes() }, &[], &NoFiles);
        let contract = Contract::new(document.expect("it can be loaded"));
        let schema = |name: &str| Location::default().join("components").join("schemas").join(name);
        let mut purse = Purse { document: contract.document(), known: HashMap::new(), left: 60 };
        let whole = purse.left;
        assert!(purse.pays_for(&schema("A")));
        let cost = whole - purse.left;
        assert!(purse.pays_for(&schema("B")), "a circle is counted once");
        assert_eq!(whole - purse.left, 2 * cost);
        purse.left = cost - 1;
        assert!(!purse.pays_for(&schema("A")));
        assert!(purse.pays_for(&schema("A").join("properties").join("n")), "what is small still can be judged");
    }

    #[test]
    fn every_version_keeps_its_examples_elsewhere() {
        let swagger = "swagger: '2.0'
info: {title: t, version: '1'}
paths:
  /a:
    get:
      parameters: [{name: p, in: query, type: integer, default: one}]
      responses:
        '200': {description: x, schema: {type: object, properties: {a: {type: string}}}, examples: {application/json: {a: 1}, text/plain: a}}
";
        assert_eq!(
            places(swagger),
            ["/paths/~1a/get/parameters/0/schema/default", "/paths/~1a/get/responses/200/examples/application~1json/a"]
        );
        let newer = "openapi: 3.2.0
info: {title: t, version: '1'}
paths:
  /a:
    get:
      responses:
        '200': {description: x, content: {application/xml: {schema: {type: integer}, examples: {d: {dataValue: x}, v: {value: <x/>}}}}}
components: {schemas: {A: {type: string, examples: [a, 1], default: 2}}}
";
        assert_eq!(
            places(newer),
            [
                "/components/schemas/A/default",
                "/components/schemas/A/examples/1",
                "/paths/~1a/get/responses/200/content/application~1xml/examples/d/dataValue"
            ]
        );
    }
}
