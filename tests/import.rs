//! What an import may change, and what it leaves to people.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

/// An export with one attachment on `tea.png`.
fn export(alt: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<rss version=\"2.0\" xmlns:wp=\"http://wordpress.org/export/1.2/\">\n\
         <channel><wp:wxr_version>1.2</wp:wxr_version>\n<item><title>Tea of the site</title>\n\
         <wp:post_id>7</wp:post_id><wp:post_type>attachment</wp:post_type>\n\
         <wp:postmeta><wp:meta_key>_wp_attached_file</wp:meta_key>\
         <wp:meta_value>tea.png</wp:meta_value></wp:postmeta>\n\
         <wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>\
         <wp:meta_value>{alt}</wp:meta_value></wp:postmeta>\n</item></channel></rss>\n"
    )
}

fn fields(library: &TestLibrary) -> serde_json::Value {
    library.run("show wp:7 --format json").json()["items"][0]["fields"].clone()
}

#[test]
fn an_import_fills_in_and_overwrites_only_when_told() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.write("export.xml", export("A tin of tea"));
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(fields(&library)["title"], "Tea of the site");
    assert_eq!(fields(&library)["alt"][0]["text"], "A tin of tea");
    library.write("export.xml", export("Another text"));
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(fields(&library)["alt"][0]["text"], "A tin of tea");
    library.run("import wxr export.xml --overwrite").expect(ExitCode::Success);
    assert_eq!(fields(&library)["alt"][0]["text"], "Another text");
}

#[test]
fn an_import_never_changes_what_an_approval_vouches_for() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.write("export.xml", export("Another text"));
    let run = library.run("import wxr export.xml --overwrite").expect(ExitCode::Success);
    assert!(run.stdout.contains("Another text"), "the difference is told\n{run}");
    assert_eq!(fields(&library)["standing"], "live");
    assert_eq!(fields(&library)["alt"][0]["text"], "A green tin of tea on a shelf");
}
