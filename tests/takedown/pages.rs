//! The pages that break are told with their addresses, where the source has one.

use serde_json::json;
use shelflife::exit::ExitCode;

use super::{export, rows, withdraw};
use crate::support::moving::ended;

/// Title and address of each page that shows the tin.
fn pages(name: &str, source: &str) -> Vec<(String, Option<String>, Option<String>)> {
    let library = ended();
    library.write("export.xml", export());
    library.run("import wxr export.xml").expect(ExitCode::Success);
    library.write(name, source);
    library.run(&format!("references read {name}")).expect(ExitCode::Success);
    let report = withdraw(&library, "2", ExitCode::Success);
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let page = |row: &serde_json::Value| {
        (text(&row["holder"]).unwrap(), text(&row["title"]), text(&row["url"]))
    };
    rows(&report, "breaks").iter().map(page).collect()
}

fn page(holder: &str, title: &str, url: &str) -> (String, Option<String>, Option<String>) {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (holder.to_owned(), some(title), some(url))
}

#[test]
fn of_a_wxr_they_are_the_links_of_the_posts() {
    let comment = "<wp:comment><wp:comment_id>3</wp:comment_id>\
                   <wp:comment_author>Ada</wp:comment_author>\
                   <wp:comment_approved>1</wp:comment_approved>\
                   <wp:comment_content>\
                   <![CDATA[<img src=\"/wp-content/uploads/2026/03/tea-tin.png\">]]>\
                   </wp:comment_content></wp:comment>";
    let posts: Vec<_> = [
        (20, "Tea", "https://shop.example/tea/?a=1&amp;b=2", comment),
        (10, "Two\nlines", "https://shop.example/two/", ""),
        (21, "", "https://shop.example/untitled/", ""),
        (12, "No link", "", ""),
        (13, "Odd", "javascript:alert(1)", ""),
        (14, "Two in one", "https://shop.example/ https://evil.example/", ""),
    ]
    .iter()
    .map(|(id, title, link, more)| {
        format!(
            "<item><title>{title}</title><link>{link}</link><wp:post_id>{id}</wp:post_id>\
             <wp:post_type>post</wp:post_type><wp:status>publish</wp:status>\
             <content:encoded><![CDATA[<img class=\"wp-image-7\">]]></content:encoded>\
             {more}</item>"
        )
    })
    .collect();
    let source = export().replace("</channel>", &format!("{}</channel>", posts.concat()));
    let found = pages("pages.xml", &source);
    for expected in [
        page("comment 3", "Ada", "https://shop.example/tea/?a=1&b=2"),
        page("post 10", "Two\nlines", "https://shop.example/two/"),
        page("post 21", "", "https://shop.example/untitled/"),
        page("post 12", "No link", ""),
        page("post 13", "Odd", ""),
        page("post 14", "Two in one", ""),
    ] {
        assert!(found.contains(&expected), "{expected:?} {found:#?}");
    }
    assert!(found.contains(&page("post 20", "Tea", "https://shop.example/tea/?a=1&b=2")));
}

#[test]
fn of_saved_answers_they_are_their_links_too() {
    let answers = json!([{
        "id": 9, "type": "post", "status": "publish", "link": "https://shop.example/tea/",
        "title": { "rendered": "Tea" },
        "content": { "rendered": "<img class=\"wp-image-7\">", "protected": false },
    }]);
    let found = pages("posts.json", &answers.to_string());
    assert_eq!(found, [page("post 9", "Tea", "https://shop.example/tea/")]);
}
