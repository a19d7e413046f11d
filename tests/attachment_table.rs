//! Tables of attachments, whoever wrote them.

use crate::support::exports::{read, read_file};
use crate::support::shared;

#[test]
fn a_column_is_known_by_its_name_wherever_it_stands() {
    let item = read(
        "\u{feff}Photographer;ALT;ID;_wp_attached_file;title;width;post_parent;date_gmt\r\n\
         Ann;\"A tin;\nof tea\";7;2026/01/tea.jpg;'=Tea;640;0;2026-01-31T04:30:00\r\n",
    )
    .sound_item();
    assert_eq!((item.attachment, item.parent), (Some(7), None));
    assert_eq!(item.alt.as_deref(), Some("A tin;\nof tea"));
    assert_eq!(item.title.as_deref(), Some("=Tea"), "the guard of the formula is taken off");
    assert_eq!(item.file.unwrap().as_bytes(), b"2026/01/tea.jpg");
    assert_eq!(item.details.unwrap().width, Some(640));
    assert_eq!(item.posted_utc.as_deref(), Some("2026-01-31 04:30:00"));
    assert_eq!((item.place.line, item.place.entry), (2, Some(1)));
}

#[test]
fn a_list_in_a_cell_is_read_as_json_or_as_php_wrote_it() {
    for cell in [
        "{\"\"width\"\":640,\"\"sizes\"\":{\"\"medium\"\":{\"\"file\"\":\"\"a-1x1.jpg\"\"}}}",
        "a:2:{s:5:\"\"width\"\";i:640;s:5:\"\"sizes\"\";a:1:{s:6:\"\"medium\"\";a:1:{s:4:\"\"file\"\";s:9:\"\"a-1x1.jpg\"\";}}}",
    ] {
        let item = read(format!("ID,_wp_attachment_metadata\n7,\"{cell}\"\n")).sound_item();
        let details = item.details.unwrap();
        assert_eq!((details.width, details.sizes.len()), (Some(640), 1));
    }
    for cell in ["Array", "{\"\"width\"\":", "a:1:{", "[1]"] {
        let said = read(format!("ID,_wp_attachment_metadata\n7,\"{cell}\"\n"));
        assert_eq!((said.items.len(), said.defects().len()), (1, 1), "{:?}", said.complaints());
    }
}

#[test]
fn our_own_descriptions_are_read_by_the_path_of_the_file() {
    let said = read(
        "\"asset\",\"path\",\"title\",\"alt\",\"alt:de\",\"owner\"\n\
         \"12\",\"2026/01/a.jpg\",\"-\",\"\",\"Dose\",\"o\"\n\
         \"wp:7\",\"\",\"Tea\",\"A tin\",\"\",\"\"\n\
         \"2026/01/b.jpg\",\"\",\"\",\"\",\"\",\"\"\n\
         \"sha256:ab\",\"\",\"x\",\"\",\"\",\"\"\n",
    );
    let found: Vec<_> = said
        .items
        .iter()
        .map(|item| (item.attachment, item.file.as_ref().map(ToString::to_string)))
        .collect();
    let file = |path: &str| Some(path.to_owned());
    assert_eq!(
        found,
        [(None, file("2026/01/a.jpg")), (Some(7), None), (None, file("2026/01/b.jpg"))]
    );
    assert_eq!((said.items[0].title.as_ref(), said.items[0].alt.as_ref()), (None, None));
    assert_eq!(said.items[1].alt.as_deref(), Some("A tin"));
    assert_eq!(
        said.complaints(),
        ["export, line 5: the row names neither an attachment nor a file"]
    );
}

#[test]
fn an_address_of_a_post_is_not_taken_for_that_of_its_file() {
    let url = |table: &str| read(table).sound_item().url.unwrap();
    assert_eq!(url("ID,url\n7,https://shop.example/a.jpg\n"), "https://shop.example/a.jpg");
    let listed = "ID,guid,url\n7,https://shop.example/a.jpg,https://shop.example/about-tea/\n";
    assert_eq!(url(listed), "https://shop.example/a.jpg");
}

#[test]
fn posts_are_passed_over() {
    let said = read("ID,post_type,post_title\n1,page,About\n7,attachment,Tea\n8,,Tin\n");
    let ids: Vec<_> = said.items.iter().map(|item| item.attachment).collect();
    assert_eq!((ids, said.problems), (vec![Some(7), Some(8)], vec![]));
}

#[test]
fn every_problem_has_its_line_and_hides_no_row_that_is_whole() {
    let said = read(
        b"ID,file,guid,alt\n\
          x,../a.jpg, https://shop.example/a.jpg ,\n\
          ,b.jpg,,caf\xe9\n\
          7,c.jpg,,x,y\n\
          8,/var/www/d.jpg,,A tin\n",
    );
    let ids: Vec<_> = said.items.iter().map(|item| item.attachment).collect();
    assert_eq!(ids, [None, None, Some(8)]);
    let complaints = said.complaints();
    for expected in [
        "export, line 2, entry 1: `id` is not a number: `x`",
        "export, line 2, entry 1: `file` is refused",
        "export, line 2, entry 1: `guid` has space around it",
        "export, line 3, entry 2: the attachment has no id",
        "export, line 3, entry 2: 1 bytes are not text",
        "export, line 4: the row has 5 cells where the header has 4",
        "export, line 5, entry 4: `file` is refused: the path is absolute",
    ] {
        assert!(
            complaints.iter().any(|said| said.starts_with(expected)),
            "{expected}\n{complaints:#?}"
        );
    }
    assert_eq!(complaints.len(), 7, "{complaints:#?}");
}

#[test]
fn what_ends_a_table_is_told_once() {
    for (table, complaint) in [
        ("price,color\n1,red\n", "line 1: no column tells which attachments or files"),
        ("ID,id\n", "line 1: the column is there twice"),
        ("ID,title\n7,\"a\n", "line 2: a quote is not closed"),
        ("ID,title\n7,a \"b\"\n8,c\n", "line 2: a quote stands inside a cell"),
    ] {
        let complaints = read(table).complaints();
        assert!(complaints[0].starts_with(&format!("export, {complaint}")), "{complaints:?}");
        assert_eq!(complaints.len(), 1);
    }
}

#[test]
fn blank_lines_without_end_are_too_long_a_row() {
    let table = format!("ID,title\n{}7,Tea\n", "\n".repeat(3 << 20));
    let said = read(table);
    assert!(said.complaints()[0].contains("the row is longer than"), "{:?}", said.complaints());
    assert_eq!((said.items.len(), said.problems.len()), (0, 1));
}

#[test]
fn the_table_of_wp_cli_says_what_its_list_says() {
    let Some(folder) = shared("data/wordpress/wpcli") else { return };
    let table = read_file(&folder.join("attachments.csv"));
    let list = read_file(&folder.join("attachments.json"));
    assert_eq!(table.complaints(), Vec::<String>::new());
    assert_eq!((table.items.len(), list.items.len()), (118, 118));
    for (row, entry) in table.items.iter().zip(&list.items) {
        assert_eq!((row.attachment, &row.title), (entry.attachment, &entry.title));
        assert_eq!((&row.url, &row.posted_utc), (&entry.url, &entry.posted_utc));
        assert_eq!((&row.alt, &row.caption), (&None, &None), "the table has no such column");
    }
}

#[test]
fn what_programs_put_before_a_header_hides_no_row() {
    for (before, delimiter) in [
        ("PHP Warning:  x in y on line 3\n", ","),
        ("PHP Notice:  a\nPHP Deprecated:  b\n", ","),
        ("sep=,\r\n", ","),
        ("\"sep=,\"\r\n", ","),
        ("sep=;\n", ";"),
        ("sep=|\n", "|"),
        ("", "\t"),
    ] {
        let rows = ["ID,guid,alt", "7,https://shop.example/wp-content/uploads/a.jpg,Tea"];
        let rows = rows.map(|row| row.replace(',', delimiter)).join("\n");
        let item = read(format!("{before}{rows}\n")).sound_item();
        assert_eq!(item.uploaded().unwrap().as_bytes(), b"a.jpg", "{before:?} {delimiter:?}");
        let lines = before.bytes().filter(|byte| *byte == b'\n').count() as u64;
        assert_eq!(item.place.line, lines + 2, "{before:?}");
    }
}
