//! The logical structure of a document: what each thing on its pages is, in reading order.
//!
//! Readers that speak a page aloud follow this tree and not the positions. What is content of no
//! element is decoration: rules, page numbers, the repeated head of a table.

/// The place of an element in its [`Structure`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(usize);

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Document,
    /// One of several documents in a file.
    Part,
    /// An annex.
    Section,
    /// A figure with its caption.
    Division,
    /// Its depth, from 1; no depth is left out on the way down (ISO 14289-1, 7.4.2).
    Heading(u8),
    Paragraph,
    List,
    ListItem,
    Label,
    ListBody,
    Table,
    TableHead,
    TableBody,
    Row,
    /// It heads the column below it.
    HeaderCell,
    Cell,
    Figure,
    Caption,
    /// A footnote.
    Note,
    /// The mark that points to a footnote.
    Reference,
}

/// One element of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    pub role: Role,
    pub parent: Option<ElementId>,
    pub children: Vec<ElementId>,
    /// Its place among the children of its parent.
    pub rank: usize,
    /// The text of a heading, or what stands for a figure when it cannot be seen.
    pub text: String,
    /// What a table or a figure was made of.
    pub shows: Option<Shown>,
}

/// What a table or a figure of a document was made of, by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    Table(String),
    Figure(String),
}

/// A tree of elements, in the order in which they were added; the first is the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Structure {
    elements: Vec<Element>,
}

impl Default for Structure {
    fn default() -> Self {
        let element = |role| Element {
            role,
            parent: None,
            children: Vec::new(),
            rank: 0,
            text: String::new(),
            shows: None,
        };
        Structure { elements: vec![element(Role::Document)] }
    }
}

impl Structure {
    /// The element that holds all others.
    pub const ROOT: ElementId = ElementId(0);

    /// Adds the last child of an element.
    pub fn add(&mut self, parent: ElementId, role: Role, text: &str) -> ElementId {
        let id = ElementId(self.elements.len());
        let mut rank = 0;
        if let Some(parent) = self.elements.get_mut(parent.0) {
            rank = parent.children.len();
            parent.children.push(id);
        }
        let (parent, children, text) = (Some(parent), Vec::new(), text.to_string());
        self.elements.push(Element { role, parent, children, rank, text, shows: None });
        id
    }

    /// Says what an element was made of.
    pub fn set_shows(&mut self, id: ElementId, shows: Shown) {
        if let Some(element) = self.elements.get_mut(id.0) {
            element.shows = Some(shows);
        }
    }

    /// What an element, or the nearest one above it that says so, was made of.
    pub fn shown_by(&self, id: ElementId) -> Option<&Shown> {
        let element = self.elements.get(id.0)?;
        element.shows.as_ref().or_else(|| self.shown_by(element.parent?))
    }

    /// An element of this structure.
    pub fn get(&self, id: ElementId) -> &Element {
        &self.elements[id.0]
    }

    /// All elements, parents before their children.
    pub fn iter(&self) -> impl Iterator<Item = (ElementId, &Element)> {
        self.elements.iter().enumerate().map(|(index, element)| (ElementId(index), element))
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Never: the document itself is an element.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }
}

impl ElementId {
    /// Its place in the order of elements.
    pub fn index(self) -> usize {
        self.0
    }
}
