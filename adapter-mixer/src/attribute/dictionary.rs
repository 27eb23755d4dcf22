//! The dictionaries of the wire: words by index, indices by word.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::name::{ByName, Name};
use super::words::GLOBAL_WORDS;

/// The words that both sides of a connection know, and which are sent as their place in this list.
#[derive(Clone)]
pub struct GlobalDictionary {
    words: Vec<&'static str>,
    indices: ByName<i32>,
}

/// The caller knows more words than there are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "inconsistent global dictionary versions used: mixer knows {known} words, caller knows {asked}"
)]
pub struct UnknownWords {
    known: usize,
    asked: u32,
}

impl GlobalDictionary {
    /// Istio's own list, [`GLOBAL_WORDS`].
    #[must_use]
    pub fn istio() -> &'static GlobalDictionary {
        static ISTIO: LazyLock<GlobalDictionary> =
            LazyLock::new(|| GlobalDictionary::new(&GLOBAL_WORDS));
        &ISTIO
    }

    /// Another list, of which both sides must have the same.
    #[must_use]
    pub fn new(words: &[&'static str]) -> GlobalDictionary {
        let mut indices = ByName::new();
        for (index, word) in (0..).zip(words) {
            indices.insert((*word).into(), index);
        }
        GlobalDictionary {
            words: words.to_vec(),
            indices,
        }
    }

    /// The number of words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are no words.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Checks the `global_word_count` of a request.
    ///
    /// # Errors
    ///
    /// If the caller knows words that this list lacks; Mixer answers it with `INTERNAL` and this
    /// text.
    pub fn agree(&self, global_word_count: u32) -> Result<(), UnknownWords> {
        if global_word_count as usize <= self.len() {
            return Ok(());
        }
        Err(UnknownWords {
            known: self.len(),
            asked: global_word_count,
        })
    }

    /// The word at a place that is not negative.
    pub(super) fn word(&self, index: i32) -> Option<&'static str> {
        self.words.get(usize::try_from(index).ok()?).copied()
    }

    /// The place of a word.
    pub(super) fn index(&self, word: &str) -> Option<i32> {
        self.indices.get(word).copied()
    }

    /// The place of a word that was prepared.
    #[inline]
    pub(super) fn index_of(&self, word: &Name) -> Option<i32> {
        self.indices.get_named(word).copied()
    }

    /// The word that an index stands for in a message with these words: -1 is the first of them, -2
    /// the second.
    #[inline]
    pub(super) fn word_of<'a>(&self, index: i32, words: &'a [impl AsRef<str>]) -> Option<&'a str> {
        match index {
            0.. => self.word(index),
            _ => words.get(!index as usize).map(AsRef::as_ref),
        }
    }
}

impl fmt::Debug for GlobalDictionary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

/// Collects the words of a message that is being written.
#[derive(Debug)]
pub(super) struct WordWriter<'d> {
    global: &'d GlobalDictionary,
    global_word_count: u32,
    words: Vec<String>,
    indices: HashMap<String, i32, RandomState>,
}

impl<'d> WordWriter<'d> {
    /// `global_word_count` is the number of global words that the other side knows.
    pub(super) fn new(global: &'d GlobalDictionary, global_word_count: u32) -> WordWriter<'d> {
        WordWriter {
            global,
            global_word_count,
            words: Vec::new(),
            indices: HashMap::default(),
        }
    }

    /// The index of a word: the global one if the other side knows it, else one of the message.
    pub(super) fn index(&mut self, word: &str) -> i32 {
        if let Some(index) = self.global.index(word)
            && (index as u32) < self.global_word_count
        {
            return index;
        }
        if let Some(index) = self.indices.get(word) {
            return *index;
        }
        // A message of 2^31 words can't be sent.
        let index = !(self.words.len() as i32);
        self.words.push(word.to_owned());
        self.indices.insert(word.to_owned(), index);
        index
    }

    /// The words of the message.
    pub(super) fn into_words(self) -> Vec<String> {
        self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_may_know_fewer_words_but_not_more() {
        let istio = GlobalDictionary::istio();
        assert_eq!(istio.agree(0), Ok(()));
        assert_eq!(istio.agree(222), Ok(()));
        assert_eq!(
            istio.agree(223).map_err(|error| error.to_string()),
            Err("inconsistent global dictionary versions used: mixer knows 222 words, caller knows 223".to_owned())
        );
    }
}
