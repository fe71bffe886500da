//! The document's structure while it is being laid out: which element takes what is set next.

use std::cell::{Cell, RefCell};

use crate::document::block::Block;
use crate::document::structure::{ElementId, Role, Shown, Structure};

/// PDF knows headings down to this depth (ISO 32000-1, 14.8.4.3.2).
const DEEPEST: usize = 6;

/// The growing tree, shared by all sections of a document.
#[derive(Debug)]
pub(super) struct Tags {
    structure: RefCell<Structure>,
    /// The document, or the part in which annexes are opened.
    container: Cell<ElementId>,
    /// What blocks are added to.
    section: Cell<ElementId>,
    /// The levels of the headings that are open above the next block.
    headings: RefCell<Vec<u8>>,
    /// How many footnotes the section has so far.
    notes: Cell<usize>,
}

impl Default for Tags {
    fn default() -> Self {
        Tags {
            structure: RefCell::default(),
            container: Cell::new(Structure::ROOT),
            section: Cell::new(Structure::ROOT),
            headings: RefCell::default(),
            notes: Cell::new(0),
        }
    }
}

impl Tags {
    /// Opens the section that begins with a block.
    pub fn open(&self, first: Option<&Block>) {
        self.headings.borrow_mut().clear();
        self.notes.set(0);
        match first {
            Some(Block::Part { .. }) => {
                let part = self.child(Structure::ROOT, Role::Part);
                self.container.set(part);
                self.section.set(part);
            }
            Some(Block::Annex { .. }) => {
                self.section.set(self.child(self.container.get(), Role::Section));
            }
            _ => self.section.set(self.container.get()),
        }
    }

    /// A new element of the section.
    pub fn element(&self, role: Role) -> ElementId {
        self.child(self.section.get(), role)
    }

    /// A new element inside another.
    pub fn child(&self, parent: ElementId, role: Role) -> ElementId {
        self.structure.borrow_mut().add(parent, role, "")
    }

    /// A new element inside another that words describe.
    pub fn described(&self, parent: ElementId, role: Role, text: &str) -> ElementId {
        self.structure.borrow_mut().add(parent, role, text)
    }

    /// Says what an element was made of; a name that is empty says nothing.
    pub fn shows(&self, element: ElementId, shows: Shown) {
        let (Shown::Table(name) | Shown::Figure(name)) = &shows;
        if !name.is_empty() {
            self.structure.borrow_mut().set_shows(element, shows);
        }
    }

    /// A heading of the section. Level 0 is the title of a document or an annex; however levels
    /// follow each other, a heading is at most one deeper than the one it stands under.
    pub fn heading(&self, level: u8, text: &str) -> ElementId {
        let mut open = self.headings.borrow_mut();
        open.retain(|above| *above < level);
        open.push(level);
        let depth = u8::try_from(open.len().min(DEEPEST)).unwrap_or(1);
        self.described(self.section.get(), Role::Heading(depth), text)
    }

    /// The number of the next footnote of the section.
    pub fn next_note(&self) -> usize {
        self.notes.set(self.notes.get() + 1);
        self.notes.get()
    }

    pub fn into_structure(self) -> Structure {
        self.structure.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_depth_of_headings_is_left_out() {
        let tags = Tags::default();
        let depth = |level| {
            let id = tags.heading(level, "");
            tags.structure.borrow().get(id).role
        };
        let depths: Vec<Role> = [0, 1, 3, 3, 2, 3, 1, 0, 9].into_iter().map(depth).collect();
        assert_eq!(depths, [1, 2, 3, 3, 3, 4, 2, 1, 2].map(Role::Heading));
    }

    #[test]
    fn annexes_stand_in_the_part_that_they_follow() {
        let tags = Tags::default();
        let annex = Block::Annex {
            label: String::new(),
            title: String::new(),
            reference: String::new(),
            landscape: false,
        };
        tags.open(Some(&annex));
        let first = tags.section.get();
        tags.open(Some(&Block::Part { landscape: false }));
        let part = tags.section.get();
        tags.open(Some(&annex));
        let second = tags.section.get();
        let structure = tags.into_structure();
        assert_eq!(structure.get(first).parent, Some(Structure::ROOT));
        assert_eq!(structure.get(second).parent, Some(part));
        assert_eq!(structure.get(Structure::ROOT).children, [first, part]);
    }
}
