//! Bookmarks: the headings of the document, nested by their depth.

use std::collections::BTreeMap;

use lopdf::{Object, ObjectId, dictionary};

use super::finish::text;
use super::{content, fault, page_ids};
use crate::document::page::{Item, Laid};
use crate::document::structure::{ElementId, Role};
use crate::error::Result;

/// A heading and where it stands.
struct Entry {
    depth: u8,
    title: String,
    page: usize,
    top: f64,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// Adds bookmarks to a file, if the document has headings.
pub(super) fn add(file: &mut lopdf::Document, laid: &Laid) -> Result<()> {
    let mut entries = entries(laid);
    let top = nest(&mut entries);
    if top.is_empty() {
        return Ok(());
    }
    let pages = page_ids(file);
    let root = file.new_object_id();
    let ids: Vec<ObjectId> = entries.iter().map(|_| file.new_object_id()).collect();
    for (index, entry) in entries.iter().enumerate() {
        let siblings = entry.parent.map_or(&top, |parent| &entries[parent].children);
        let place = siblings.iter().position(|sibling| *sibling == index).unwrap_or(0);
        let height = laid.pages[entry.page].height;
        let top = Object::Real(content::round(height - entry.top));
        let mut item = dictionary! {
            "Title" => text(&entry.title),
            "Parent" => entry.parent.map_or(root, |parent| ids[parent]),
            "Dest" => vec![pages[entry.page].into(), "XYZ".into(), 0.into(), top, Object::Null],
        };
        if let Some(before) = place.checked_sub(1) {
            item.set("Prev", ids[siblings[before]]);
        }
        if let Some(next) = siblings.get(place + 1) {
            item.set("Next", ids[*next]);
        }
        if let (Some(first), Some(last)) = (entry.children.first(), entry.children.last()) {
            item.set("First", ids[*first]);
            item.set("Last", ids[*last]);
            // The uppermost are open, the others closed.
            let count = entry.children.len() as i64;
            item.set("Count", if entry.parent.is_none() { count } else { -count });
        }
        file.set_object(ids[index], item);
    }
    let visible: usize = top.iter().map(|index| 1 + entries[*index].children.len()).sum();
    let outlines = dictionary! {
        "Type" => "Outlines",
        "First" => ids[top[0]],
        "Last" => ids[top[top.len() - 1]],
        "Count" => visible as i64,
    };
    file.set_object(root, outlines);
    let catalog = file.catalog_mut().map_err(fault)?;
    catalog.set("Outlines", root);
    catalog.set("PageMode", "UseOutlines");
    Ok(())
}

/// The headings in their order, each with the place of its first line.
fn entries(laid: &Laid) -> Vec<Entry> {
    let places = places(laid);
    let entry = |(id, role, title): (ElementId, Role, &String)| {
        let Role::Heading(depth) = role else {
            return None;
        };
        let (page, top) = *places.get(&id)?;
        let (title, parent, children) = (title.clone(), None, Vec::new());
        Some(Entry { depth, title, page, top, parent, children })
    };
    let elements = laid.structure.iter().map(|(id, element)| (id, element.role, &element.text));
    elements.filter_map(entry).collect()
}

fn places(laid: &Laid) -> BTreeMap<ElementId, (usize, f64)> {
    let mut places = BTreeMap::new();
    for (index, page) in laid.pages.iter().enumerate() {
        for placed in &page.items {
            let (Some(id), Item::Text(run)) = (placed.element, &placed.item) else {
                continue;
            };
            if let Role::Heading(_) = laid.structure.get(id).role {
                places.entry(id).or_insert((index, run.y - 1.5 * run.size));
            }
        }
    }
    places
}

/// Makes each entry a child of the nearest one before it that is less deep; returns the uppermost.
fn nest(entries: &mut [Entry]) -> Vec<usize> {
    let (mut top, mut open): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    for index in 0..entries.len() {
        let depth = entries[index].depth;
        while open.last().is_some_and(|above| entries[*above].depth >= depth) {
            open.pop();
        }
        match open.last().copied() {
            Some(parent) => {
                entries[index].parent = Some(parent);
                entries[parent].children.push(index);
            }
            None => top.push(index),
        }
        open.push(index);
    }
    top
}
