//! Sources that are torn, spoiled or not what they seem: they find what is left and say what is not.

use std::fs;

use shelflife::domain::reference::{Area, SourceKind, Target};
use shelflife::exports::references::{Site, hosts_in_dump};

use super::{Told, read};

/// Reads one source whose files have these names and texts.
fn told(kind: SourceKind, files: &[(&str, &str)]) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<_> = files
        .iter()
        .map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        })
        .collect();
    read(kind, Site::default(), &paths)
}

fn numbers(told: &Told) -> Vec<i64> {
    let mut numbers: Vec<_> = told
        .references
        .iter()
        .filter_map(|reference| match reference.target {
            Target::Attachment(number) => Some(number),
            _ => None,
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn post(id: u32, number: u32) -> String {
    format!(
        "{{\"id\":{id},\"type\":\"post\",\"status\":\"publish\",\"title\":{{\"raw\":\"x\"}},\
         \"content\":{{\"raw\":\"<img class=\\\"wp-image-{number}\\\">\"}}}}"
    )
}

#[test]
fn an_answer_is_read_behind_what_php_wrote_and_in_every_list() {
    let (a, b) = (post(1, 7), post(2, 8));
    let warning = "<br />\n<b>Warning</b>:  x in <b>y</b> on line <b>3</b><br />\n";
    for text in [
        format!("{warning}[{a},{b}]"),
        format!("\nNotice: Undefined offset [0] in {{x}}\n[{a},{b}]"),
        format!("HTTP/1.1 200 OK\r\nLink: <x>\r\n\r\n[{a},{b}]"),
        format!("[[{a}],[{b}]]"),
        format!("{{\"0\":{a},\"1\":{b}}}"),
    ] {
        let told = told(SourceKind::Rest, &[("posts-1.json", &text)]);
        assert_eq!((numbers(&told), told.reading.gaps), (vec![7, 8], 0), "{text}");
    }
}

#[test]
fn what_is_no_answer_is_a_gap() {
    for text in [
        "",
        "error code: 520",
        "<!DOCTYPE html><html><style>a{b:c}</style><body>503</body></html>",
        "{\"code\":\"internal_server_error\",\"message\":\"critical\"}",
        "/**/x([])",
    ] {
        let whole = format!("[{}]", post(1, 7));
        let told = told(SourceKind::Rest, &[("posts-1.json", &whole), ("posts-2.json", text)]);
        assert!(told.reading.gaps > 0, "{text}");
        assert_eq!(numbers(&told), [7], "{text}");
    }
}

#[test]
fn a_list_that_fills_a_round_page_is_not_its_end() {
    let list = |count: u32| {
        let of = |kind: &str| {
            let posts: Vec<_> = (1..=count).map(|id| post(id, 7)).collect();
            format!("[{}]", posts.join(",")).replace("\"post\"", kind)
        };
        [of("\"post\""), of("\"page\"")]
    };
    let areas = |files: &[(&str, &str)]| told(SourceKind::Rest, files).reading.areas;
    for (count, is_end) in [(3, true), (10, false), (20, false), (25, false), (50, false)] {
        let [posts, pages] = list(count);
        let files = [("posts-1.json", posts.as_str()), ("pages-1.json", pages.as_str())];
        assert_eq!(areas(&files).contains(&Area::Published), is_end, "{count}");
        let ends = [files[0], files[1], ("posts-2.json", "[]"), ("pages-2.json", "[]")];
        assert!(areas(&ends).contains(&Area::Published), "an empty page is the end of {count}");
    }
}

fn wxr(post: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n<channel>\
         <wp:base_site_url>https://shop.example</wp:base_site_url>\n\
         <image><url>https://shop.example/wp-content/uploads/icon-32x32.png</url></image>\n\
         <item><wp:post_id>9</wp:post_id><wp:post_type>post</wp:post_type>\
         <wp:status>publish</wp:status>{post}</item></channel></rss>\n"
    )
}

fn field(key: &str, value: &str) -> String {
    wxr(&format!(
        "<wp:postmeta><wp:meta_key>{key}</wp:meta_key>\
         <wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    ))
}

#[test]
fn broken_values_give_what_is_left_of_them_and_a_gap() {
    for (text, gaps) in [
        (field("x", r#"a:2:{s:4:"note";s:3:"abc";s:5:"image";i:7;}"#), 0),
        (field("x", r#"a:2:{s:4:"note";s:9:"abc";s:5:"image";i:7;}"#), 1),
        (field("x", "a:2:{s:4:\"note\";s:3:\"a\u{1}c\";s:5:\"image\";i:7;}"), 0),
        (field("x", r#"{"image":7,"note":"cut"#), 1),
        (field("images", r#"[{"x":7},"#), 1),
        (
            wxr(
                "<content:encoded><![CDATA[<!-- wp:image {\"id\":7,\"a\":\"b\" -->]]></content:encoded>",
            ),
            1,
        ),
        (wxr("<content:encoded><![CDATA[<!--  wp:image {\"id\":7} -->]]></content:encoded>"), 0),
        (wxr("<content:encoded><![CDATA[[gallery ids=\"7\"] {{ name }}]]></content:encoded>"), 0),
    ] {
        let told = told(SourceKind::Wxr, &[("x.xml", &text)]);
        assert_eq!((numbers(&told), told.reading.gaps), (vec![7], gaps), "{text} {:?}", told.gaps);
    }
}

#[test]
fn a_part_of_an_export_is_read_behind_a_warning() {
    let text = format!("PHP Warning:  x in y on line 3\n{}", field("hero_image", "7"));
    let told = told(SourceKind::Wxr, &[("x.001.xml", &text)]);
    assert_eq!((numbers(&told), told.gaps.as_slice()), (vec![7], &[][..]));
}

#[test]
fn the_icon_of_the_site_and_bare_paths_in_fields_are_used() {
    let told = told(SourceKind::Wxr, &[("x.xml", &field("hero", "2023/03/tea.jpg"))]);
    let files: Vec<_> = told
        .references
        .iter()
        .filter_map(|reference| match &reference.target {
            Target::File(path) => Some((path.to_string(), reference.holder.id.as_str())),
            _ => None,
        })
        .collect();
    let expected =
        [("icon-32x32.png".to_owned(), "site_icon"), ("2023/03/tea.jpg".to_owned(), "9")];
    assert_eq!(files, expected);
}

fn dump(rows: &str) -> Told {
    let options = "INSERT INTO `wp_options` VALUES (1,'siteurl','https://shop.example','yes');\n";
    let text = format!("-- MySQL dump\n{options}{rows}\n-- Dump completed\n");
    told(SourceKind::Sql, &[("dump.sql", &text)])
}

#[test]
fn rows_of_dumps_are_read_in_every_form() {
    let image = "<img class=\"wp-image-7\">";
    let hex = image.bytes().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat();
    let posts = "INSERT INTO `wp_posts` (`ID`,`post_content`,`post_type`,`post_title`,\
                 `post_content_filtered`) VALUES ";
    for rows in [
        format!("{posts}(9,'{image}','post','x','');"),
        format!("{posts}(9,0x{hex},'post','x','');"),
        format!("{posts}(9,X'{hex}','post','x','');"),
        format!("{posts}(9,CONVERT('{image}' USING utf8mb4),'post','x','');"),
        format!("{posts}(9,'','post','{image}','');"),
        format!("{posts}(9,'','post','','{image}');"),
        "INSERT INTO `wp_usermeta` VALUES (1,1,'profile_image','7');".to_owned(),
        "INSERT INTO `wp_commentmeta` VALUES (1,1,'review_image','7');".to_owned(),
        "INSERT INTO `wp_postmeta` VALUES (1,50,'_menu_item_object_id','7'),\
         (2,51,'_menu_item_object_id','8'),(3,51,'_menu_item_object','page'),\
         (4,50,'_menu_item_object','attachment');"
            .to_owned(),
    ] {
        let told = dump(&rows);
        assert_eq!((numbers(&told), told.gaps.as_slice()), (vec![7], &[][..]), "{rows}");
    }
}

#[test]
fn tables_of_others_are_not_taken_for_wordpresss_own() {
    let plugin = "CREATE TABLE `wp_aioseo_posts` (`id` int,`post_id` int,`title` text);\n\
                  INSERT INTO `wp_aioseo_posts` VALUES (1,5,'x');";
    let told = dump(plugin);
    assert!(!told.reading.areas.contains(&Area::Published), "its posts are no posts");
    assert_eq!(told.gaps, [""; 0]);
    let two =
        dump("INSERT INTO `blog_posts` (`ID`,`post_content`,`post_type`) VALUES (1,'','post');");
    assert!(two.gaps[0].contains("several installations (`blog_`, `wp_`)"), "{:?}", two.gaps);
    let network = "-- MySQL dump\nINSERT INTO `wp_7_options` VALUES (1,'siteurl','x','yes');\n\
                   -- Dump completed\n";
    let network = self::told(SourceKind::Sql, &[("dump.sql", network)]);
    assert!(network.gaps[0].contains("`wp_7_options` is of one site of a network"));
}

#[test]
fn a_row_that_describes_an_attachment_is_held_by_it() {
    let index = "INSERT INTO `wp_yoast_indexable` (`id`,`object_id`,`object_type`,\
                 `object_sub_type`,`open_graph_image_id`) VALUES (1,7,'post','attachment','7');";
    let optimized = "INSERT INTO `wp_ewwwio_images` (`id`,`attachment_id`) VALUES (1,7);";
    let slide = "INSERT INTO `wp_slides` (`id`,`attachment_id`) VALUES (1,7);";
    for (rows, kind) in [(index, "attachment"), (optimized, "attachment"), (slide, "table")] {
        let told = dump(rows);
        let holders: Vec<_> =
            told.references.iter().map(|found| found.holder.kind.as_str()).collect();
        assert_eq!(holders, [kind], "{rows}");
    }
}

#[test]
fn the_hosts_of_a_dump_are_known_before_its_comments() {
    let dump = "INSERT INTO `wp_comments` VALUES (1);\n\
                INSERT INTO `wp_options` VALUES (1,'siteurl','https://www.shop.example','yes');\n";
    let hosts = hosts_in_dump(dump.as_bytes()).unwrap();
    assert_eq!(hosts.into_iter().collect::<Vec<_>>(), ["shop.example"]);
}
