//! Words into lines, lines onto the page.

use super::Context;
use super::words::{Look, Word};
use crate::document::page::{Colour, Item, Placed, TextRun};

/// Rounding of sums must not break a line that fits.
const SLACK: f64 = 0.01;

/// A space wider than this many em looks like a hole: such a line is left ragged.
const WIDEST_SPACE: f64 = 1.2;

/// More words than this are not balanced: it is running text, not a title.
const MOST_BALANCED: usize = 120;

/// One line of words.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    pub words: Vec<Word>,
    /// Its width with spaces as the font has them.
    pub width: f64,
}

/// How a line stands between its edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Left,
    Centre,
    Right,
    Justified,
}

/// Where a line goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub x: f64,
    pub width: f64,
    pub baseline: f64,
    pub size: f64,
    pub set: Set,
}

impl Line {
    fn fits(&self, word: &Word, room: f64) -> bool {
        self.width + self.trailing_space() + word.width <= room + SLACK
    }

    fn trailing_space(&self) -> f64 {
        self.words.last().map_or(0.0, |word| word.space)
    }

    fn push(&mut self, word: Word) {
        self.width += self.trailing_space() + word.width;
        self.words.push(word);
    }

    /// What each space is widened by to fill `room`.
    fn word_spacing(&self, slot: &Slot) -> f64 {
        let gaps = self.words.len().saturating_sub(1);
        if slot.set != Set::Justified || gaps == 0 {
            return 0.0;
        }
        let extra = (slot.width - self.width) / gaps as f64;
        if extra + self.trailing_space() > WIDEST_SPACE * slot.size {
            return 0.0;
        }
        extra
    }

    /// The line as runs of text, one for each change of look.
    pub fn items(&self, slot: &Slot) -> Vec<Placed> {
        let offset = match slot.set {
            Set::Left | Set::Justified => 0.0,
            Set::Centre => (slot.width - self.width) / 2.0,
            Set::Right => slot.width - self.width,
        };
        let word_spacing = self.word_spacing(slot);
        let mut runs = Runs::new();
        let mut x = slot.x + offset;
        for (index, word) in self.words.iter().enumerate() {
            for fragment in &word.fragments {
                extend(&mut runs, fragment.look, &fragment.text, x, slot, word_spacing);
                x += fragment.width;
            }
            if index + 1 < self.words.len() {
                if let Some((_, run)) = runs.last_mut() {
                    run.text.push(' ');
                }
                x += word.space + word_spacing;
            }
        }
        let placed =
            |(look, run): (Look, TextRun)| Placed { item: Item::Text(run), element: look.element };
        runs.into_iter().map(placed).collect()
    }
}

type Runs = Vec<(Look, TextRun)>;

fn extend(runs: &mut Runs, look: Look, text: &str, x: f64, slot: &Slot, spacing: f64) {
    match runs.last_mut() {
        Some((last, run)) if *last == look => run.text.push_str(text),
        _ => {
            let run = TextRun {
                x,
                y: slot.baseline - look.rise(slot.size),
                text: text.to_string(),
                face: look.face,
                size: look.size(slot.size),
                colour: Colour::BLACK,
                word_spacing: spacing,
                rotation: 0.0,
            };
            runs.push((look, run));
        }
    }
}

impl Context<'_> {
    /// Lines filled one after the other; the first may have less room.
    pub fn break_lines(&self, words: Vec<Word>, size: f64, first: f64, rest: f64) -> Vec<Line> {
        let (mut lines, mut line) = (Vec::new(), Line::default());
        for word in words {
            let room = if lines.is_empty() { first } else { rest };
            if !line.words.is_empty() && !line.fits(&word, room) {
                lines.push(std::mem::take(&mut line));
            }
            let room = if lines.is_empty() { first } else { rest };
            if line.words.is_empty() && word.width > room + SLACK {
                let mut parts = self.chop(&word, size, room, rest);
                let last = parts.pop();
                lines.extend(parts.into_iter().map(single));
                last.into_iter().for_each(|part| line.push(part));
            } else {
                line.push(word);
            }
        }
        lines.extend(Some(line).filter(|line| !line.words.is_empty()));
        lines
    }

    /// Lines of about the same length, for titles and names: no last line of one syllable.
    pub fn balanced(&self, words: Vec<Word>, size: f64, room: f64) -> Vec<Line> {
        let greedy = self.break_lines(words.clone(), size, room, room);
        if greedy.len() < 2 || words.len() > MOST_BALANCED {
            return greedy;
        }
        let (mut low, mut high) = (room / greedy.len() as f64, room);
        // Twelve halvings find the narrowest room for as many lines to a tenth of a point.
        for _ in 0..12 {
            let middle = f64::midpoint(low, high);
            let lines = self.break_lines(words.clone(), size, middle, middle).len();
            if lines > greedy.len() {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.break_lines(words, size, high, high)
    }
}

fn single(word: Word) -> Line {
    Line { width: word.width, words: vec![word] }
}
