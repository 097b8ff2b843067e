//! The bytes of a body: a file that was uploaded, the document's own example, or a value in its wire form.

use serde_json::Value;

use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::example::{self, Examples, Shown};
use crate::behaviour::known::lay_over;
use crate::behaviour::shape;
use crate::codec::{self};
use crate::generate;
use crate::model::{Content, Direction};
use crate::validate;

/// The most bodies that are made until one has a wire form: not every value has one in every media type.
const MAX_ATTEMPTS: u32 = 8;

/// The number of these attempts that hold what state knows; the others do without, in case that has no wire form.
const KNOWING_ATTEMPTS: u32 = 3;

impl Composer<'_> {
    /// The bytes of a body.
    pub(super) fn written(&self, content: &Content, status: u16) -> Result<Vec<u8>, Refusal> {
        if let Some(bytes) = self.uploaded(content).or_else(|| self.example(content)).or_else(|| self.file(content)) {
            return Ok(bytes);
        }
        if let Some(bytes) = self.placed(content)? {
            debug_assert!(self.is_as_composed(content, status, &bytes), "{}", String::from_utf8_lossy(&bytes));
            return Ok(bytes);
        }
        let mut last = None;
        for attempt in 0..MAX_ATTEMPTS {
            let composer = Self { attempt, ..*self };
            let value = match &content.schema {
                Some(at) if attempt >= KNOWING_ATTEMPTS => {
                    composer.generate(at, &mut composer.choices("answer", &[]))?
                }
                Some(at) => composer.body(content, at, status)?,
                None => composer.undescribed(content),
            };
            match codec::encode_body(self.contract, content, &value, Direction::Response) {
                Ok(bytes) => return Ok(bytes),
                Err(no_form) => last = Some(no_form),
            }
        }
        let reason = last.map_or_else(String::new, |no_form| no_form.to_string());
        Err(Refusal::Unmakeable { reason })
    }

    /// The law of bodies that are written around items: they are those that composing, judging and writing the whole gives.
    fn is_as_composed(&self, content: &Content, status: u16, bytes: &[u8]) -> bool {
        let Some(at) = &content.schema else { return false };
        let composed = self
            .body(content, at, status)
            .map(|value| codec::encode_body(self.contract, content, &value, Direction::Response));
        composed.is_ok_and(|encoded| encoded.is_ok_and(|composed| composed == bytes))
    }

    /// The bytes that were uploaded for the item, where the content has room for nothing but bytes.
    fn uploaded(&self, content: &Content) -> Option<Vec<u8>> {
        let (Outcome::Found(item) | Outcome::Created(item)) = self.outcome else { return None };
        let number = self.effect.collection.or(self.effect.subject)?;
        let kept = self.behaviour.collection(number).bytes.as_ref()?.get(&item.value)?.as_str()?;
        let types = content.schema.as_ref().map(|at| shape::types(self.contract, at)).unwrap_or_default();
        if types.iter().any(|kind| *kind != "string") {
            return None;
        }
        // A file is kept with one character for each byte.
        let bytes: Option<Vec<u8>> = kept.chars().map(|byte| u8::try_from(u32::from(byte)).ok()).collect();
        if !content.media_type.is_json() {
            return bytes;
        }
        // In JSON it is a text, where it is one.
        let is_content = self.effect.subject.is_some() && !types.is_empty();
        let text = String::from_utf8(bytes.filter(|_| is_content)?).ok()?;
        serde_json::to_vec(&text).ok()
    }

    /// A file that programs can open, where the content is one and its schema allows it.
    fn file(&self, content: &Content) -> Option<Vec<u8>> {
        let bytes = generate::file(&codec::concrete(&content.media_type))?;
        let value = Value::String(bytes.iter().copied().map(char::from).collect());
        let allows = |at| validate::is_valid(self.contract, at, Direction::Response, &value).unwrap_or(false);
        let is_bare = content.schema.is_none() && !content.examples.is_empty();
        (!is_bare && content.schema.as_ref().is_none_or(allows)).then_some(bytes)
    }

    /// The document's own example, where nothing of state is to be shown: with the path's own values, where it has them.
    pub(super) fn example(&self, content: &Content) -> Option<Vec<u8>> {
        let is_stateless = match self.outcome {
            Outcome::Deleted(None) | Outcome::Accepted | Outcome::Answered => true,
            Outcome::Created(_)
            | Outcome::Found(_)
            | Outcome::Listed(_)
            | Outcome::Deleted(Some(_))
            | Outcome::Refused(_) => false,
        };
        if !is_stateless || self.occasion.examples == Examples::Ignored {
            return None;
        }
        let mut shown = example::first(self.contract, content)?;
        if let (Shown::Value(value), Some(at)) = (&mut shown, &content.schema) {
            let is_valid =
                |value: &Value| validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false);
            *value = lay_over(value.take(), &self.known_path(at), &mut |tried| is_valid(tried));
        }
        shown.bytes(self.contract, content).ok()
    }
}
