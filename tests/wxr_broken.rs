//! Exports that are not what they should be: damaged by hand or by programs.

use shelflife::exports::{Defect, Item, Malformed, Place, Problem};

use crate::support::wxr::{
    attachment, defects, export, ids, malformed, meta, only_item, read, with_meta,
};

#[test]
fn a_sound_export_is_read_without_a_word() {
    let export = read(export(&(attachment(1) + &attachment(2))));
    assert_eq!(ids(&export), [1, 2]);
    assert_eq!(defects(&export), Vec::<&Defect>::new());
    assert_eq!(export.items[1].place.line, 17);
    assert_eq!(export.items[1].alt.as_deref(), Some("alt 2"));
}

#[test]
fn a_bare_ampersand_stays_in_its_text_and_is_reported() {
    let text = attachment(1).replace("1.jpg</wp:att", "1.jpg?a=1&b=2&c</wp:att");
    let export = read(export(&text));
    assert_eq!(malformed(&export), (13, &Malformed::BareAmpersand));
    let url = "https://shop.example/wp-content/uploads/1.jpg?a=1&b=2&c";
    assert_eq!(only_item(export).url.as_deref(), Some(url));
}

#[test]
fn an_entity_of_html_stays_as_it_is_written() {
    let export =
        read(export(&attachment(1).replace("Picture 1", "A&nbsp;&lt;B&gt; &#8364;&#x41;")));
    assert_eq!(malformed(&export), (7, &Malformed::UnknownEntity("nbsp".to_owned())));
    assert_eq!(only_item(export).title.as_deref(), Some("A&nbsp;<B> €A"));
}

#[test]
fn a_number_that_stands_for_no_character_is_reported() {
    for number in ["#0", "#x1f", "#xd800", "#1114112", "#+65", "#x", "#", "#99999999999"] {
        let export = read(export(&attachment(1).replace("Picture 1", &format!("&{number};"))));
        assert_eq!(malformed(&export), (7, &Malformed::UnknownEntity(number.to_owned())));
        assert_eq!(only_item(export).title, Some(format!("&{number};")));
    }
}

#[test]
fn a_title_that_is_not_closed_loses_itself_only() {
    let text = attachment(1).replace("</title>", "") + &attachment(2);
    let export = read(export(&text));
    let unclosed = Malformed::Unclosed { name: "title".to_owned(), opened: 7 };
    assert_eq!(malformed(&export), (16, &unclosed));
    assert_eq!(ids(&export), [1, 2]);
    assert_eq!(export.items[0].title, None);
    assert_eq!(export.items[0].alt.as_deref(), Some("alt 1"));
    assert_eq!(export.items[0].slug.as_deref(), Some("picture-1"));
}

#[test]
fn an_item_that_is_not_closed_does_not_hide_the_next() {
    for lost in [1, 2, 3] {
        let text: String =
            (1..=3)
                .map(|id| {
                    if id == lost { attachment(id).replace("</item>", "") } else { attachment(id) }
                })
                .collect();
        let export = read(export(&text));
        assert_eq!(ids(&export), [1, 2, 3]);
        for (item, id) in export.items.iter().zip(1..) {
            assert_eq!(item.alt, Some(format!("alt {id}")));
        }
        let (line, _) = malformed(&export);
        assert_eq!(line, 6 + 3 * 11, "at the end of the channel, as any XML parser says");
    }
}

#[test]
fn metadata_that_is_not_closed_does_not_hide_the_next() {
    let text = attachment(1).replacen("</wp:postmeta>", "", 1);
    let item = only_item(read(export(&text)));
    assert_eq!(item.file.unwrap().as_bytes(), b"2026/01/1.jpg");
    assert_eq!(item.alt.as_deref(), Some("alt 1"));
    assert_eq!(item.problems.len(), 1);
}

#[test]
fn a_stray_less_than_loses_its_text_only() {
    for text in ["5 < 6", "I <3 it", "a<b", "<", "a <! b", "a <?b", "<!-- open"] {
        let text = attachment(1).replace("Picture 1", text) + &attachment(2);
        let export = read(export(&text));
        assert_eq!(malformed(&export).0, 7, "{text}");
        assert_eq!(ids(&export), [1, 2], "{text}");
        assert_eq!(export.items[0].title, None, "{text}");
        assert_eq!(export.items[0].slug.as_deref(), Some("picture-1"), "{text}");
    }
}

#[test]
fn a_quote_that_is_not_closed_loses_its_text_only() {
    let guid = "<guid isPermaLink=\"false>https://shop.example/?p=1</guid>\n<title>";
    let export = read(export(&attachment(1).replace("<title>", guid)));
    assert_eq!(malformed(&export).0, 7);
    let item = only_item(export);
    assert_eq!(item.title.as_deref(), Some("Picture 1"));
    assert_eq!(item.alt.as_deref(), Some("alt 1"));
}

#[test]
fn a_section_that_swallows_the_next_item_gives_nobody_its_texts() {
    let first = attachment(1).replace("[alt 1]]>", "[alt 1");
    let second = attachment(2).replace("Picture 2", "<![CDATA[Picture 2]]>");
    let export = read(export(&(first + &second + &attachment(3))));
    assert_eq!(ids(&export), [1, 2, 3]);
    let [first, second, third] = <[Item; 3]>::try_from(export.items).unwrap();
    assert_eq!((first.alt, first.title.as_deref()), (None, Some("Picture 1")));
    assert_eq!((second.alt.as_deref(), second.title), (Some("alt 2"), None));
    assert_eq!(third.alt.as_deref(), Some("alt 3"));
}

#[test]
fn the_type_of_a_damaged_item_is_known_by_its_file() {
    let text = attachment(1).replace("attachment</wp:post_type>", "attachment</wp:type>");
    assert_eq!(ids(&read(export(&text))), [1]);
    let text = attachment(1).replace("<wp:post_type>attachment</wp:post_type>", "");
    assert_eq!(ids(&read(export(&text))), Vec::<i64>::new(), "a sound item without a type");
}

#[test]
fn wherever_a_file_is_cut_off_the_whole_items_before_are_given() {
    let text = export(&(attachment(1) + &attachment(2) + &attachment(3)));
    for end in 0..text.trim_end().len() {
        let export = read(&text.as_bytes()[..end]);
        let whole = text[..end].matches("</item>").count();
        assert_eq!(export.items.len(), whole, "cut at {end}");
        assert_ne!(defects(&export), Vec::<&Defect>::new(), "cut at {end}");
        let last = text[..end].split('\n').count() as u64;
        assert!(export.all_problems().all(|problem| problem.place.line <= last), "cut at {end}");
    }
}

#[test]
fn an_item_that_is_cut_off_is_named() {
    let text = export(&attachment(7));
    let end = text.find("<wp:attachment_url>").unwrap();
    let export = read(&text.as_bytes()[..end]);
    assert_eq!(ids(&export), Vec::<i64>::new());
    let cut_off = Problem { place: Place::line(13), subject: Some(7), what: Defect::CutOff };
    assert!(export.problems.contains(&cut_off), "{:?}", export.problems);
}

#[test]
fn what_stands_before_the_declaration_is_reported() {
    let after_space = read(format!("\n\n{}", export(&attachment(1))));
    assert_eq!(malformed(&after_space), (3, &Malformed::LateDeclaration));
    assert_eq!(ids(&after_space), [1]);
    let warning =
        "<br />\n<b>Warning</b>: Undefined index in <b>a.php</b> on line <b>3</b><br />\n";
    let after_warning = read(format!("{warning}{}", export(&attachment(1))));
    assert_eq!(after_warning.malformed_lines()[0], 2);
    assert_eq!(ids(&after_warning), [1]);
}

#[test]
fn exports_that_were_joined_are_both_read() {
    let export = read(export(&attachment(1)) + &export(&attachment(2)));
    assert_eq!(malformed(&export), (19, &Malformed::LateDeclaration));
    assert_eq!(ids(&export), [1, 2]);
}

#[test]
fn broken_markup_around_the_items_is_reported_with_its_line() {
    let sound = export(&attachment(1));
    let cases = [
        (sound.clone() + "bye", 19, Malformed::TextOutside),
        (sound.replace("<channel>", "<channel a=b>"), 3, Malformed::Attributes("channel".into())),
        (sound.replace("<channel>", "<channel a='1' a='2'>"), 3, {
            Malformed::Attributes("channel".into())
        }),
        (sound.replace("<channel>", "<!-- a\n-- b -->\n<channel>"), 4, Malformed::CommentHyphens),
        (sound.replace("version=\"1.0\" ", ""), 1, Malformed::Declaration),
        (sound.replace("<title>Shop", "<title>Shop ]]> closed"), 4, Malformed::CdataEnd),
        (sound.replace("</channel>", "</p></channel>"), 17, {
            Malformed::UnexpectedEnd("p".into())
        }),
        (sound.replace("</channel>\n", ""), 17, {
            Malformed::Unclosed { name: "channel".into(), opened: 3 }
        }),
        (sound.replace("<channel>", "<channel><1></1>"), 3, Malformed::StrayMarkup),
    ];
    for (text, line, why) in cases {
        let export = read(&text);
        assert_eq!(malformed(&export), (line, &why), "{text}");
        assert_eq!(ids(&export), [1], "{text}");
    }
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    let cases: [(&str, Vec<Defect>); 4] = [
        ("", vec![Defect::NotWellFormed(Malformed::NoElement)]),
        ("<feed><title>x</title></feed>", vec![Defect::NotAnExport]),
        ("{\"id\": 1}", vec![Defect::NotWellFormed(Malformed::TextOutside)]),
        ("<rss/>", vec![]),
    ];
    for (text, expected) in cases {
        let export = read(text);
        assert_eq!(defects(&export), expected.iter().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn the_order_of_elements_does_not_matter() {
    let item = "<item>
<wp:postmeta><wp:meta_value>alt</wp:meta_value><wp:meta_key>_wp_attachment_image_alt</wp:meta_key></wp:postmeta>
<wp:post_type>attachment</wp:post_type><wp:post_parent>0</wp:post_parent>
<wp:post_id> 5 </wp:post_id><title>T</title><guid>/a.jpg</guid></item>";
    let item = only_item(read(export(item)));
    assert_eq!(item.attachment, Some(5));
    assert_eq!(item.alt.as_deref(), Some("alt"));
    assert_eq!(item.parent, None);
    assert_eq!(item.problems, []);
}

#[test]
fn prefixes_follow_the_namespaces_of_the_file() {
    let other = export(&attachment(1)).replace("wp:", "w:").replace("excerpt:", "e:");
    let other = other.replace("xmlns:wp", "xmlns:w").replace("xmlns:excerpt", "xmlns:e");
    assert_eq!(read(&other).items, read(export(&attachment(1))).items);
    let none = export(&attachment(1)).replace("wp:", "");
    assert_eq!(ids(&read(&none)), [1]);
    let undeclared = format!("<rss><channel>{}</channel></rss>", attachment(1));
    assert_eq!(ids(&read(&undeclared)), [1]);
    let foreign = "<f:post_id xmlns:f=\"https://example.com/f\">9</f:post_id><wp:post_id>";
    assert_eq!(ids(&read(export(&attachment(1).replace("<wp:post_id>", foreign)))), [1]);
}

#[test]
fn texts_elsewhere_in_an_item_are_not_its_own() {
    let comment = "<wp:comment><wp:comment_id>4</wp:comment_id><wp:commentmeta>
<wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>no</wp:meta_value>
</wp:commentmeta></wp:comment><media:title xmlns:media=\"m\">no</media:title>
<wp:postmeta><wp:meta_key>_wp_attached_file";
    let text = attachment(1).replacen("<wp:postmeta><wp:meta_key>_wp_attached_file", comment, 1);
    let item = only_item(read(export(&text)));
    assert_eq!(item.alt.as_deref(), Some("alt 1"));
    assert_eq!(item.title.as_deref(), Some("Picture 1"));
    assert_eq!(item.problems, []);
}

#[test]
fn the_first_of_several_values_counts() {
    let alts = meta("_wp_attachment_image_alt", "first") + &meta("_wp_attachment_image_alt", "");
    assert_eq!(only_item(read(with_meta(&alts))).alt.as_deref(), Some("first"));
}

#[test]
fn an_empty_alt_text_is_not_a_missing_one() {
    assert_eq!(only_item(read(with_meta(""))).alt, None);
    let empty = meta("_wp_attachment_image_alt", "");
    assert_eq!(only_item(read(with_meta(&empty))).alt.as_deref(), Some(""));
    let element = "<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value/></wp:postmeta>";
    assert_eq!(only_item(read(with_meta(element))).alt.as_deref(), Some(""));
}

#[test]
fn a_split_section_is_one_text() {
    let alt = meta("_wp_attachment_image_alt", "a ]]]]><![CDATA[> b");
    assert_eq!(only_item(read(with_meta(&alt))).alt.as_deref(), Some("a ]]> b"));
}

#[test]
fn line_ends_become_line_feeds_unless_written_as_references() {
    let title = attachment(1).replace("Picture 1", "a\r\nb\rc&#13;d");
    assert_eq!(only_item(read(export(&title))).title.as_deref(), Some("a\nb\nc\rd"));
}

#[test]
fn an_attachment_needs_a_number_for_its_id() {
    let missing = read(export(&attachment(1).replace("<wp:post_id>1</wp:post_id>", "")));
    assert_eq!(defects(&missing), [&Defect::IdMissing]);
    assert_eq!(only_item(missing).attachment, None);
    let text = read(export(&attachment(1).replace(">1</wp:post_id>", ">one</wp:post_id>")));
    let expected = Defect::NotANumber { field: "wp:post_id", text: "one".to_owned() };
    assert_eq!(defects(&text), [&expected]);
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_counted() {
    let mut bytes = export(&attachment(1)).into_bytes();
    let at = export(&attachment(1)).find("Picture 1").unwrap();
    bytes.splice(at..at + 7, *b"caf\xe9 \xff\x0b");
    let export = read(bytes);
    let at_line_7 = |what| Problem { place: Place::line(7), subject: None, what };
    assert_eq!(
        export.problems,
        [
            at_line_7(Defect::NotText { count: 2 }),
            at_line_7(Defect::ControlCharacters { count: 1 }),
        ]
    );
    assert_eq!(only_item(export).title.as_deref(), Some("caf\u{fffd} \u{fffd}\u{fffd} 1"));
}

#[test]
fn other_encodings_are_read_or_named() {
    let latin = |name: &str| {
        let text = export(&attachment(1)).replace("UTF-8", name);
        let at = text.find("Picture 1").unwrap();
        let mut bytes = text.into_bytes();
        bytes.splice(at..at + 7, *b"caf\xe9 \x80 ");
        read(bytes)
    };
    for name in ["ISO-8859-1", "iso-8859-1", "windows-1252"] {
        let export = latin(name);
        assert_eq!(defects(&export), Vec::<&Defect>::new());
        assert_eq!(only_item(export).title.as_deref(), Some("café €  1"));
    }
    let unknown = latin("koi8-r");
    let encoding = Defect::Encoding("koi8-r".to_owned());
    assert_eq!(defects(&unknown), [&encoding, &Defect::NotText { count: 2 }]);
    assert_eq!(ids(&unknown), [1]);
    let marked = read(format!("\u{feff}{}", export(&attachment(1))));
    assert_eq!(defects(&marked), Vec::<&Defect>::new());
    let wide: Vec<u8> = export("").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = read([b"\xff\xfe".as_slice(), &wide].concat());
    assert!(defects(&wide).contains(&&Defect::Encoding("UTF-16".to_owned())));
}

const METADATA: &str = r#"a:2:{s:5:"width";i:9;s:10:"image_meta";a:1:{s:7:"caption";s:4:"a*:b";}}"#;

#[test]
fn metadata_is_read_though_a_byte_of_it_was_replaced() {
    for byte in [b"\xe9", b"\x0b"] {
        let text = with_meta(&meta("_wp_attachment_metadata", METADATA));
        let (before, after) = text.split_once('*').unwrap();
        let export = read([before.as_bytes(), byte, after.as_bytes()].concat());
        assert_eq!(export.items[0].details.as_ref().unwrap().width, Some(9));
        assert_eq!(export.items[0].problems, []);
    }
}

#[test]
fn metadata_is_read_with_the_line_ends_of_either_system() {
    let two_bytes = METADATA.replace("a*:b", "a\r\nb");
    let one_byte = METADATA.replace("4:\"a*:b", "3:\"a\r\nb");
    for metadata in [two_bytes, one_byte] {
        let item = only_item(read(with_meta(&meta("_wp_attachment_metadata", &metadata))));
        assert_eq!(item.details.unwrap().width, Some(9));
    }
}

#[test]
fn metadata_whose_lengths_do_not_fit_leaves_the_attachment() {
    let metadata = METADATA.replace("a*:b", "longer");
    let item = only_item(read(with_meta(&meta("_wp_attachment_metadata", &metadata))));
    assert_eq!((item.attachment, item.details), (Some(1), None));
    let [problem] = <[Problem; 1]>::try_from(item.problems).unwrap();
    assert_eq!((problem.place.line, problem.subject), (6, Some(1)));
    assert!(problem.to_string().starts_with("line 6: `_wp_attachment_metadata` is not readable"));
}
