//! The structure tree: elements that point to marked content on pages, and the way back.

use lopdf::{Dictionary, Object, ObjectId, dictionary};

use super::finish::text;
use super::{PdfError, fault, page_ids, role};
use crate::document::font::Family;
use crate::document::page::{Face, Item, Laid, Page};
use crate::document::structure::{Element, ElementId, Role, Structure};
use crate::error::Result;

/// Something inside an element.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kid {
    Element(ElementId),
    Content { page: usize, number: usize },
}

/// What each element holds, in reading order.
struct Kids<'a> {
    structure: &'a Structure,
    lists: Vec<Vec<Kid>>,
    /// How many children of each element are in its list.
    linked: Vec<usize>,
}

impl<'a> Kids<'a> {
    fn new(structure: &'a Structure, marks: &[Vec<ElementId>]) -> Self {
        let count = structure.len();
        let mut kids = Kids { structure, lists: vec![Vec::new(); count], linked: vec![0; count] };
        for (page, elements) in marks.iter().enumerate() {
            for (number, element) in elements.iter().enumerate() {
                kids.link(*element);
                kids.lists[element.index()].push(Kid::Content { page, number });
            }
        }
        // Empty cells have no content, but a place in their row.
        structure.iter().for_each(|(id, _)| kids.link(id));
        kids
    }

    /// Puts an element into its parent's list when its first content is met, its elder siblings
    /// before it: a mark stands between the words it stands between.
    fn link(&mut self, id: ElementId) {
        let element = self.structure.get(id);
        let Some(parent) = element.parent else {
            return;
        };
        let linked = self.linked[parent.index()];
        if element.rank < linked {
            return;
        }
        self.link(parent);
        let children = &self.structure.get(parent).children[linked..=element.rank];
        self.lists[parent.index()].extend(children.iter().map(|child| Kid::Element(*child)));
        self.linked[parent.index()] = element.rank + 1;
    }
}

/// Everything that an element's dictionary is made from.
struct Writer<'a> {
    laid: &'a Laid,
    family: &'a Family,
    ids: Vec<ObjectId>,
    pages: Vec<ObjectId>,
}

/// Adds the tree to a file whose pages have been written with these marks.
pub(super) fn add(
    file: &mut lopdf::Document,
    laid: &Laid,
    marks: &[Vec<ElementId>],
    family: &Family,
) -> Result<()> {
    let root = file.new_object_id();
    let ids: Vec<ObjectId> = laid.structure.iter().map(|_| file.new_object_id()).collect();
    let writer = Writer { laid, family, ids, pages: page_ids(file) };
    let kids = Kids::new(&laid.structure, marks);
    for ((id, element), kids) in laid.structure.iter().zip(&kids.lists) {
        let dictionary = writer.element(id, element, kids, root);
        file.set_object(writer.ids[id.index()], dictionary);
    }
    let parents = parent_tree(file, marks, &writer)?;
    let mut dictionary = dictionary! {
        "Type" => "StructTreeRoot",
        "K" => vec![Object::Reference(writer.ids[0])],
        "ParentTree" => parents,
        "ParentTreeNextKey" => marks.len() as i64,
    };
    let names = writer.note_names();
    if !names.is_empty() {
        dictionary.set("IDTree", file.add_object(dictionary! { "Names" => names }));
    }
    file.set_object(root, dictionary);
    let catalog = file.catalog_mut().map_err(fault)?;
    catalog.set("StructTreeRoot", root);
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    Ok(())
}

/// From each numbered sequence of each page to its element.
fn parent_tree(
    file: &mut lopdf::Document,
    marks: &[Vec<ElementId>],
    writer: &Writer<'_>,
) -> Result<ObjectId, PdfError> {
    let mut numbers = Vec::new();
    for (index, (page, elements)) in writer.pages.iter().zip(marks).enumerate() {
        let elements = elements.iter().map(|id| Object::Reference(writer.ids[id.index()]));
        let elements = file.add_object(elements.collect::<Vec<Object>>());
        numbers.extend([Object::Integer(index as i64), Object::Reference(elements)]);
        let page = file.get_dictionary_mut(*page).map_err(fault)?;
        page.set("StructParents", index as i64);
        page.set("Tabs", "S");
    }
    Ok(file.add_object(dictionary! { "Nums" => numbers }))
}

impl Writer<'_> {
    fn element(
        &self,
        id: ElementId,
        element: &Element,
        kids: &[Kid],
        root: ObjectId,
    ) -> Dictionary {
        let parent = element.parent.map_or(root, |parent| self.ids[parent.index()]);
        let mut dictionary = dictionary! {
            "Type" => "StructElem",
            "S" => role::name(element.role),
            "P" => parent,
        };
        let page = kids.iter().find_map(|kid| match kid {
            Kid::Content { page, .. } => Some(*page),
            Kid::Element(_) => None,
        });
        if let Some(page) = page {
            dictionary.set("Pg", self.pages[page]);
        }
        let mut kids: Vec<Object> = kids.iter().map(|kid| self.kid(*kid, page)).collect();
        match kids.len() {
            0 => {}
            1 => dictionary.set("K", kids.remove(0)),
            _ => dictionary.set("K", kids),
        }
        self.describe(&mut dictionary, id, element, page);
        dictionary
    }

    /// Content on the element's own page is its number alone.
    fn kid(&self, kid: Kid, own: Option<usize>) -> Object {
        match kid {
            Kid::Element(id) => Object::Reference(self.ids[id.index()]),
            Kid::Content { page, number } if Some(page) == own => Object::Integer(number as i64),
            Kid::Content { page, number } => Object::Dictionary(dictionary! {
                "Type" => "MCR",
                "Pg" => self.pages[page],
                "MCID" => number as i64,
            }),
        }
    }

    /// What some roles have beside their content.
    fn describe(
        &self,
        dictionary: &mut Dictionary,
        id: ElementId,
        element: &Element,
        page: Option<usize>,
    ) {
        match element.role {
            Role::HeaderCell => {
                dictionary.set("A", dictionary! { "O" => "Table", "Scope" => "Column" });
            }
            Role::Note => dictionary.set("ID", Object::string_literal(note_name(id))),
            Role::Figure => {
                dictionary.set("Alt", text(&element.text));
                if let Some(page) = page.and_then(|page| self.laid.pages.get(page)) {
                    let bounds = self.bounds(page, id).map(Object::Real).to_vec();
                    let layout =
                        dictionary! { "O" => "Layout", "Placement" => "Block", "BBox" => bounds };
                    dictionary.set("A", layout);
                }
            }
            _ => {}
        }
    }

    /// The box around a figure, from the lower left corner of the page.
    fn bounds(&self, page: &Page, id: ElementId) -> [f32; 4] {
        let items = page.items.iter().filter(|placed| placed.element == Some(id));
        let points = items.flat_map(|placed| self.corners(&placed.item));
        let empty = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let [left, top, right, bottom] =
            points.fold(empty, |[l, t, r, b], (x, y)| [l.min(x), t.min(y), r.max(x), b.max(y)]);
        [left, page.height - bottom, right, page.height - top].map(super::content::round)
    }

    /// Points whose hull holds an item.
    fn corners(&self, item: &Item) -> Vec<(f64, f64)> {
        match item {
            Item::Path(path) => path.rings.iter().flatten().copied().collect(),
            Item::Text(run) => {
                let width = self.family.width(run.face, run.size, &run.text);
                let above = self.family.ascent(Face::Regular, run.size);
                let below = self.family.descent(Face::Regular, run.size);
                let (sin, cos) = run.rotation.to_radians().sin_cos();
                let turned =
                    |x: f64, y: f64| (run.x + x * cos - y * sin, run.y + x * sin + y * cos);
                let corners = [(0.0, -above), (0.0, below), (width, -above), (width, below)];
                corners.map(|(x, y)| turned(x, y)).to_vec()
            }
        }
    }

    /// The identifiers of footnotes in their order, each with its element.
    fn note_names(&self) -> Vec<Object> {
        let notes = self.laid.structure.iter().filter(|(_, element)| element.role == Role::Note);
        let pair = |(id, _): (ElementId, &Element)| {
            let name = Object::string_literal(note_name(id));
            [name, Object::Reference(self.ids[id.index()])]
        };
        notes.flat_map(pair).collect()
    }
}

/// A name that sorts as its number does.
fn note_name(id: ElementId) -> String {
    format!("note-{:08}", id.index())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_between_the_words_that_they_stand_between() {
        let mut structure = Structure::default();
        let paragraph = structure.add(Structure::ROOT, Role::Paragraph, "");
        let reference = structure.add(paragraph, Role::Reference, "");
        let note = structure.add(paragraph, Role::Note, "");
        let empty = structure.add(Structure::ROOT, Role::Cell, "");
        let marks = [vec![paragraph, reference, paragraph, note], vec![paragraph]];
        let kids = Kids::new(&structure, &marks);
        let content = |page, number| Kid::Content { page, number };
        assert_eq!(
            kids.lists[paragraph.index()],
            [
                content(0, 0),
                Kid::Element(reference),
                content(0, 2),
                Kid::Element(note),
                content(1, 0)
            ]
        );
        assert_eq!(kids.lists[0], [Kid::Element(paragraph), Kid::Element(empty)]);
    }
}
