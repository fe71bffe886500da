//! What the file says about itself: properties, the same again as XMP, language, colours.

use std::fmt::Write;

use jiff::civil::Date;
use lopdf::{Object, Stream, dictionary};

use super::fault;
use super::finish::text;
use crate::document::block::Document;
use crate::document::font::clean;
use crate::error::Result;

/// The language of every document.
const LANGUAGE: &str = "vi-VN";

const PROGRAM: &str = env!("CARGO_PKG_NAME");

/// The schema of PDF/UA's identifier is not among those that PDF/A knows, so the file describes it
/// (ISO 19005-2, 6.6.2.3).
const PDFUA_SCHEMA: &str = "\
   <pdfaExtension:schemas>
    <rdf:Bag>
     <rdf:li rdf:parseType=\"Resource\">
      <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
      <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
      <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
      <pdfaSchema:property>
       <rdf:Seq>
        <rdf:li rdf:parseType=\"Resource\">
         <pdfaProperty:name>part</pdfaProperty:name>
         <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
         <pdfaProperty:category>internal</pdfaProperty:category>
         <pdfaProperty:description>Part of ISO 14289 that is followed</pdfaProperty:description>
        </rdf:li>
       </rdf:Seq>
      </pdfaSchema:property>
     </rdf:li>
    </rdf:Bag>
   </pdfaExtension:schemas>
";

/// The namespaces of the packet.
const NAMESPACES: [(&str, &str); 8] = [
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("pdf", "http://ns.adobe.com/pdf/1.3/"),
    ("xmp", "http://ns.adobe.com/xap/1.0/"),
    ("pdfaid", "http://www.aiim.org/pdfa/ns/id/"),
    ("pdfuaid", "http://www.aiim.org/pdfua/ns/id/"),
    ("pdfaExtension", "http://www.aiim.org/pdfa/ns/extension/"),
    ("pdfaSchema", "http://www.aiim.org/pdfa/ns/schema#"),
    ("pdfaProperty", "http://www.aiim.org/pdfa/ns/property#"),
];

/// Adds properties, XMP, language and output intent to a file.
pub(super) fn add(file: &mut lopdf::Document, document: &Document) -> Result<()> {
    set_properties(file, document)?;
    let packet = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        packet(document).into_bytes(),
    );
    // Archives read the packet without knowing PDF, so it stays uncompressed.
    let metadata = file.add_object(packet.with_compression(false));
    let intent = output_intent(file);
    let catalog = file.catalog_mut().map_err(fault)?;
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![intent]);
    catalog.set("Lang", Object::string_literal(LANGUAGE));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    Ok(())
}

/// Colours are sRGB.
fn output_intent(file: &mut lopdf::Document) -> Object {
    let profile = Stream::new(dictionary! { "N" => 3 }, typst_assets::icc::S_RGB_V4.to_vec());
    let profile = file.add_object(profile);
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("sRGB"),
        "Info" => Object::string_literal("sRGB IEC61966-2.1"),
        "RegistryName" => Object::string_literal("http://www.color.org"),
        "DestOutputProfile" => profile,
    };
    Object::Dictionary(intent)
}

/// Replaces printpdf's properties, which name a print standard that the file does not follow.
fn set_properties(file: &mut lopdf::Document, document: &Document) -> Result<()> {
    let mut properties = dictionary! {
        "Title" => text(&title(document)),
        "Author" => text(&clean(&document.author)),
        "Creator" => text(PROGRAM),
        "Producer" => text(PROGRAM),
    };
    if let Some(date) = document.date {
        properties.set("CreationDate", timestamp(date));
        properties.set("ModDate", timestamp(date));
    }
    let id = file.trailer.get(b"Info").and_then(Object::as_reference).map_err(fault)?;
    file.objects.insert(id, Object::Dictionary(properties));
    Ok(())
}

/// A document has a title, also when its template gave none (ISO 14289-1, 7.1).
fn title(document: &Document) -> String {
    let title = clean(&document.title);
    if title.trim().is_empty() { PROGRAM.to_string() } else { title }
}

fn timestamp(date: Date) -> Object {
    let (year, month, day) = (date.year(), date.month(), date.day());
    Object::string_literal(format!("D:{year:04}{month:02}{day:02}000000+07'00'"))
}

fn packet(document: &Document) -> String {
    let mut xmp = String::from("<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n");
    xmp.push_str("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n");
    xmp.push_str(" <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n");
    xmp.push_str("  <rdf:Description rdf:about=\"\"");
    for (prefix, uri) in NAMESPACES {
        // Writing to a string cannot fail.
        let _ = write!(xmp, "\n    xmlns:{prefix}=\"{uri}\"");
    }
    xmp.push_str(">\n");
    let mut put = |name: &str, value: &str| {
        let _ = writeln!(xmp, "   <{name}>{value}</{name}>");
    };
    put("pdfaid:part", "2");
    put("pdfaid:conformance", "A");
    put("pdfuaid:part", "1");
    put("dc:format", "application/pdf");
    let title = escaped(&title(document));
    put("dc:title", &format!("<rdf:Alt><rdf:li xml:lang=\"x-default\">{title}</rdf:li></rdf:Alt>"));
    let author = escaped(&clean(&document.author));
    put("dc:creator", &format!("<rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq>"));
    put("dc:language", &format!("<rdf:Bag><rdf:li>{LANGUAGE}</rdf:li></rdf:Bag>"));
    put("pdf:Producer", PROGRAM);
    put("xmp:CreatorTool", PROGRAM);
    if let Some(date) = document.date {
        let date = format!("{date}T00:00:00+07:00");
        put("xmp:CreateDate", &date);
        put("xmp:ModifyDate", &date);
        put("xmp:MetadataDate", &date);
    }
    xmp.push_str(PDFUA_SCHEMA);
    xmp.push_str("  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>");
    xmp
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
