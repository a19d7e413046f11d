//! Libraries whose assets came in as they do in life: by `init` and `scan`.

use std::fmt::Write as _;

use shelflife::catalog::{AuditEntry, AuditVerdict, Catalog, CatalogError};
use shelflife::domain::asset::{Asset, AssetId};
use shelflife::exit::ExitCode;

use super::TestLibrary;

/// Flags of `describe` that record all that an approval needs, for a while after [`super::MORNING`].
pub(crate) const FULL: &str = "--title 'Tin of tea' --alt 'A green tin of tea on a shelf' \
    --source-note 'Photograph by the studio, March 2026' --rights-note 'Own work of the studio' \
    --rights-reviewed-by li --owner anna --placement homepage --campaign spring \
    --expires-on 2026-06-30 --review-on 2026-06-01";

impl TestLibrary {
    /// A library with a picture of its own at each path of the root `uploads`, scanned.
    ///
    /// The assets are drafts, numbered from 1 in the order of their paths.
    pub(crate) fn scanned(paths: &[&str]) -> Self {
        let library = Self::new();
        for (shade, path) in (0..).zip(paths) {
            library.write(format!("uploads/{path}"), picture(shade));
        }
        library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
        library.run("scan").expect(ExitCode::Success);
        library
    }

    /// The catalog that `init` made, for looking at.
    pub(crate) fn scanned_catalog(&self) -> Catalog {
        Catalog::open_to_read(&self.path("state/catalog.db")).unwrap()
    }

    /// An asset as the catalog has it.
    pub(crate) fn asset(&self, number: i64) -> Asset {
        self.scanned_catalog().asset(AssetId(number)).unwrap().unwrap()
    }

    /// The audit log, oldest entry first, after making sure that it is intact.
    pub(crate) fn audit_entries(&self) -> Vec<AuditEntry> {
        let catalog = self.scanned_catalog();
        let verdict = catalog.verify_audit().unwrap();
        assert!(matches!(verdict, AuditVerdict::Intact { .. }), "{verdict:?}");
        let mut entries = Vec::new();
        catalog
            .visit_audit(None, None, |entry| {
                entries.push(entry);
                Ok::<_, CatalogError>(())
            })
            .unwrap();
        entries
    }

    /// Adds a context that ends after the day given, if one is.
    pub(crate) fn add_context(&self, key: &str, ends_on: Option<&str>) {
        let ends_on = ends_on.map_or(String::new(), |day| format!("--ends-on {day}"));
        self.run(&format!("context add {key} --owner anna --note 'as planned' {ends_on}"))
            .expect(ExitCode::Success);
    }

    /// Gives a context a new revision that counts at once.
    pub(crate) fn revise_context(&self, key: &str, note: &str) {
        self.run(&format!("context change {key} --note '{note}' --apply"))
            .expect(ExitCode::Success);
    }

    /// Gives rules another severity in the configuration that `init` wrote.
    pub(crate) fn set_severity(&self, severity: &str, codes: &[&str]) {
        let mut config = std::fs::read_to_string(self.path("shelflife.toml")).unwrap();
        for code in codes {
            writeln!(config, "{code} = \"{severity}\"").unwrap();
        }
        self.write_config(&config);
    }

    /// What a command says, for snapshots: without the head of the audit log, which no two
    /// libraries share.
    pub(crate) fn tell(&self, line: &str) -> String {
        let run = self.run(line);
        let mut told = format!("exit: {}", run.exit.number());
        for line in run.stdout.lines().filter(|line| !line.starts_with("audit log: ")) {
            write!(told, "\n{line}").unwrap();
        }
        if !run.stderr.is_empty() {
            write!(told, "\n--- stderr\n{}", run.stderr.trim_end()).unwrap();
        }
        told
    }
}

/// A small PNG in one shade of gray: other bytes for every shade.
pub(crate) fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 8, 6);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[shade; 48]).unwrap();
    writer.finish().unwrap();
    bytes
}

/// Pictures, of which `garden.png` is approved for the blog with everything on record, under a
/// license for every use; and a folder `out`.
pub(crate) fn usable_garden(names: &[&str]) -> TestLibrary {
    let library = TestLibrary::scanned(names);
    std::fs::create_dir(library.path("out")).unwrap();
    for line in [
        "context add campaign/none",
        "context add product/none",
        "context add brand/house",
        "context add claim/none",
        "license add own --holder Li --note ours --document own.pdf --perpetual --worldwide \
         --any-placement --reviewed-by mia --reviewed-on 2026-02-01",
        "describe garden.png --title 'The garden' --alt 'A green garden behind a house' \
         --source-note 'Photograph by the studio' --rights-note 'Own work' --rights-reviewed-by mia \
         --rights-reviewed-on 2026-02-01 --owner anna --placement blog --license own \
         --context campaign/none --context product/none --context brand/house --context claim/none \
         --expires-on +1y --review-on +6m",
        "approve garden.png",
    ] {
        library.run(line).expect(ExitCode::Success);
    }
    library
}
