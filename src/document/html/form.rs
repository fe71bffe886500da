//! What makes an official document: its head, its addressees, its signature, the head of an annex.

use crate::document::block::{Letterhead, Signature};
use crate::document::font::{clean, with_blanks};
use crate::document::layout::punctuated;
use crate::document::markup::Element;

fn line(class: &'static str, text: &str) -> Option<Element> {
    let text = clean(text);
    let line = match class {
        "" => Element::new("p"),
        class => Element::new("p").with("class", class),
    };
    (!text.trim().is_empty()).then(|| line.text(text))
}

fn strong(class: &'static str, text: &str) -> Option<Element> {
    let text = Element::new("strong").text(clean(text));
    Some(Element::new("p").with("class", class).child(text))
}

/// Two columns: who writes, and in which state.
pub(super) fn letterhead(head: &Letterhead) -> Element {
    let column = |class, lines: Vec<Option<Element>>| {
        Element::new("div").with("class", class).children(lines.into_iter().flatten())
    };
    let number = with_blanks(&head.number);
    let date = with_blanks(&head.place_and_date);
    let issuer = vec![line("", &head.parent), strong("ruled", &head.issuer)];
    let nation = vec![strong("", &head.nation), strong("ruled motto", &head.motto)];
    Element::new("header")
        .with("class", "letterhead")
        .child(column("issuer", issuer))
        .child(column("nation", nation))
        .child(column("number", vec![line("", &number), line("", &head.about)]))
        .child(column("date", vec![line("", &date)]))
}

pub(super) fn title(kind: &str, subject: &str) -> Element {
    let lines = [kind, subject].map(clean);
    let lines = lines.iter().filter(|text| !text.trim().is_empty());
    Element::new("h1").children(lines.map(|text| Element::new("span").text(&**text)))
}

pub(super) fn addressees(title: &str, names: &[String]) -> Element {
    let area = Element::new("div").with("class", "addressees");
    if let [] | [_] = names {
        let text = format!("{title} {}", names.join(""));
        return area.child(Element::new("p").text(clean(text.trim_end())));
    }
    let item = |name: String| Element::new("li").text(clean(&name));
    let list = Element::new("ul").children(punctuated(names).into_iter().map(item));
    area.child(Element::new("p").text(clean(title))).child(list)
}

pub(super) fn signature(signature: &Signature) -> Element {
    let recipients = signature.recipients.iter().filter_map(|name| line("", name));
    let left = Element::new("div")
        .with("class", "recipients")
        .children(line("title", &signature.recipients_title))
        .children(recipients);
    let right = Element::new("div")
        .with("class", "signer")
        .children(signature.position.iter().filter_map(|text| line("", text)))
        .children(line("name", &signature.name));
    Element::new("footer").with("class", "signature").child(left).child(right)
}

pub(super) fn annex(id: String, label: &str, title: &str, reference: &str) -> Element {
    let lines = [label, title].map(clean);
    let lines = lines.iter().filter(|text| !text.trim().is_empty());
    let heading = Element::new("h2")
        .with("id", id)
        .with("class", "annex")
        .children(lines.map(|text| Element::new("span").text(&**text)));
    let reference = line("reference", &with_blanks(reference));
    Element::new("div").child(heading).children(reference)
}
