//! What files say about themselves, field by field against what `ExifTool` read.

mod oddities;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Map, Value};
use shelflife::domain::claims::{Claims, Generator, Texts};
use shelflife::media::{self, Container, read_claims, read_claims_as};

use crate::support::embedded::{deflated, jpeg, png, png_chunk, samples, svg, xmp};
use crate::support::{self, TestLibrary};

type Tags = Map<String, Value>;

/// Pictures that have a report beside them, and the report's only entry.
fn reported(folder: &str, ending: &str) -> Vec<(PathBuf, Tags)> {
    let Some(folder) = support::shared(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let Some(picture) = path.to_str().unwrap().strip_suffix(ending) else { continue };
        let report: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let tags = report.get(0).unwrap_or(&report).as_object().unwrap().clone();
        found.push((picture.into(), tags));
    }
    assert!(!found.is_empty());
    found
}

fn claims_of(path: &Path) -> Claims {
    let mut file = File::open(path).unwrap();
    let sidecar = path.extension().is_some_and(|extension| extension == "xmp");
    read_claims(&mut file).unwrap_or_else(|| {
        if sidecar { read_claims_as(Container::Sidecar, &mut file) } else { Claims::default() }
    })
}

/// As it is compared: by language where there are languages, else under `""`.
type Shown = BTreeMap<String, Vec<String>>;

fn plain(values: impl IntoIterator<Item = String>) -> Shown {
    let values: Vec<_> = values.into_iter().filter_map(|value| tidy(&value)).collect();
    if values.is_empty() { Shown::new() } else { Shown::from([(String::new(), values)]) }
}

fn tidy(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!text.is_empty()).then(|| text.to_owned())
}

fn by_language(texts: &Texts) -> Shown {
    let shown = texts.0.iter().map(|(language, text)| {
        let language = language.to_lowercase();
        (if language == "x-default" { String::new() } else { language }, vec![text.clone()])
    });
    shown.collect()
}

/// A tag with its languages (`Title-de-CH`), as `ExifTool` gives it.
fn tag(tags: &Tags, name: &str) -> Shown {
    let texts = |value: &Value| -> Vec<String> {
        let one = |value: &Value| match value {
            Value::String(text) => tidy(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            _ => None,
        };
        match value {
            Value::Array(values) => values.iter().filter_map(one).collect(),
            value => one(value).into_iter().collect(),
        }
    };
    let mut shown = Shown::new();
    for (key, value) in tags {
        let Some(rest) = key.strip_prefix(name) else { continue };
        let language = match rest.strip_prefix('-') {
            Some(language) => language.to_lowercase(),
            None if rest.is_empty() => String::new(),
            None => continue,
        };
        let texts = texts(value);
        if !texts.is_empty() {
            shown.insert(language, texts);
        }
    }
    shown
}

/// The first of the tags that says anything.
fn first(tags: &Tags, names: &[&str]) -> Shown {
    names.iter().map(|name| tag(tags, name)).find(|shown| !shown.is_empty()).unwrap_or_default()
}

fn licensors_of(claims: &Claims) -> Shown {
    let named = claims.licensors.iter().flat_map(|one| [one.name.clone(), one.url.clone()]);
    plain(named.flatten())
}

fn licensors(tags: &Tags) -> Shown {
    let licensors = tags.get("XMP-plus:Licensor").and_then(Value::as_array);
    let named = licensors.into_iter().flatten().flat_map(|licensor| {
        ["LicensorName", "LicensorURL"].map(|field| licensor[field].as_str().map(str::to_owned))
    });
    plain(named.flatten())
}

/// `2023:10:04` and `00:23:01+00:00` as `2023-10-04T00:23:01+00:00`.
fn instant(tags: &Tags, date: &str, time: &str) -> Shown {
    let text = |name: &str| tags.get(name).and_then(Value::as_str).map(str::to_owned);
    let time = text(time).map(|time| format!("T{time}")).unwrap_or_default();
    plain(text(date).map(|date| date.replace(':', "-") + &time))
}

/// Every field: its name in the table of docs/embedded-metadata.md, what we say, what `ExifTool` says.
fn fields(claims: &Claims, tags: &Tags) -> Vec<(&'static str, Shown, Shown)> {
    let text = |value: &Option<String>| plain(value.clone());
    let first = |names: &[&str]| first(tags, names);
    vec![
        ("alt text", by_language(&claims.alt), first(&["XMP-iptcCore:AltTextAccessibility"])),
        (
            "extended description",
            by_language(&claims.extended_description),
            first(&["XMP-iptcCore:ExtDescrAccessibility"]),
        ),
        (
            "title",
            by_language(&claims.title),
            first(&["XMP-dc:Title", "IPTC:ObjectName", "SVG:Title"]),
        ),
        (
            "description",
            by_language(&claims.description),
            first(&[
                "XMP-dc:Description",
                "IPTC:Caption-Abstract",
                "IFD0:ImageDescription",
                "SVG:Desc",
            ]),
        ),
        ("keywords", plain(claims.keywords.clone()), first(&["XMP-dc:Subject", "IPTC:Keywords"])),
        (
            "creator",
            plain(claims.creators.clone()),
            first(&["XMP-dc:Creator", "IPTC:By-line", "IFD0:Artist"]),
        ),
        ("credit line", text(&claims.credit), first(&["XMP-photoshop:Credit", "IPTC:Credit"])),
        (
            "copyright notice",
            by_language(&claims.copyright),
            first(&["XMP-dc:Rights", "IPTC:CopyrightNotice", "IFD0:Copyright"]),
        ),
        ("usage terms", by_language(&claims.usage_terms), first(&["XMP-xmpRights:UsageTerms"])),
        ("web statement", text(&claims.rights_url), first(&["XMP-xmpRights:WebStatement"])),
        ("licensor", licensors_of(claims), licensors(tags)),
        (
            "digital source type",
            text(&claims.source_type),
            first(&["XMP-iptcExt:DigitalSourceType"]),
        ),
        (
            "release date",
            text(&claims.released_on),
            instant(tags, "IPTC:ReleaseDate", "IPTC:ReleaseTime"),
        ),
        (
            "expiration date",
            text(&claims.expires_on),
            instant(tags, "IPTC:ExpirationDate", "IPTC:ExpirationTime"),
        ),
        (
            "creator tool",
            text(&claims.tool),
            first(&["XMP-xmp:CreatorTool", "IFD0:Software", "PNG:Software"]),
        ),
    ]
}

/// Where we mean to say something else than `ExifTool`: file, field, and the row of the page.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("comfyui-save-image-extended.jpeg", "description", "a graph of nodes describes no picture"),
    ("comfyui-save-image-extended.webp", "description", "a graph of nodes describes no picture"),
    ("test-image-iptc.jpg", "description", "UTF-8 is told by its bytes"),
];

#[test]
fn every_field_says_what_exiftool_says_but_for_the_documented_differences() {
    let mut different = BTreeSet::new();
    let mut wrong = Vec::new();
    for (path, tags) in reported("data/corpus/images", ".exiftool.json") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        for (field, ours, theirs) in fields(&claims_of(&path), &tags) {
            if ours == theirs {
                continue;
            }
            match DIFFERENCES.iter().find(|(file, which, _)| *file == name && *which == field) {
                Some((file, field, _)) => _ = different.insert((*file, *field)),
                None => {
                    wrong.push(format!("{name}: {field}\n  ours   {ours:?}\n  theirs {theirs:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    if support::shared("data/corpus/images").is_some() {
        let named: BTreeSet<_> =
            DIFFERENCES.iter().map(|(file, field, _)| (*file, *field)).collect();
        assert_eq!(named, different, "a difference that is none any more");
    }
}

/// The texts that a report gives, those within JSON included.
fn raw_texts(tags: &Tags) -> Vec<String> {
    fn gather(value: &Value, texts: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                let graph = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
                for text in [text.as_str(), graph] {
                    if let Ok(inner @ (Value::Object(_) | Value::Array(_))) =
                        serde_json::from_str(text)
                    {
                        gather(&inner, texts);
                    }
                }
                texts.extend(tidy(text));
            }
            Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
            Value::Object(fields) => fields.values().for_each(|value| gather(value, texts)),
            _ => {}
        }
    }
    let mut texts = Vec::new();
    tags.values().for_each(|value| gather(value, &mut texts));
    texts
}

/// By file: who wrote the prompt, and the seed beside it.
const GENERATED: &[(&str, Generator, &str)] = &[
    ("automatic1111_cropped.jpg", Generator::A1111, "235284042"),
    ("automatic1111_cropped.png", Generator::A1111, "235284042"),
    ("civitai.jpeg", Generator::A1111, "1311178179"),
    ("comfyui-save-image-extended.jpeg", Generator::ComfyUi, "813617545434765"),
    ("comfyui-save-image-extended.png", Generator::ComfyUi, "779742380066441"),
    ("comfyui-save-image-extended.webp", Generator::ComfyUi, "602057552457611"),
    ("comfyui.png", Generator::ComfyUi, "422847914351919"),
    ("forge-classic-en.png", Generator::A1111, "1239240392"),
    ("forge-classic.jpeg", Generator::A1111, "2547514258"),
    ("forge-classic.webp", Generator::A1111, "2630661657"),
    ("huggingface-space.png", Generator::Other, "443800072"),
    ("hypernetwork_example.png", Generator::ComfyUi, "572636856966402"),
    ("hypernetwork_example_output.png", Generator::ComfyUi, "572636856966402"),
    ("img2img_cropped.png", Generator::ComfyUi, "280823642470253"),
    ("invokeai-en.png", Generator::InvokeAi, "1860920704"),
    ("invokeai_dream1.png", Generator::InvokeAi, "2980747362"),
    ("invokeai_sdmeta1.png", Generator::InvokeAi, "2980747362"),
    ("lora.png", Generator::ComfyUi, "851616030078638"),
    ("lora_multiple.png", Generator::ComfyUi, "513173432917412"),
    ("night_evening_day_morning_cropped.png", Generator::ComfyUi, "1122440447966177"),
    ("novelai-curated.webp", Generator::NovelAi, "880673757"),
    ("novelai-full.png", Generator::NovelAi, "2043807047"),
    ("ruined-fooocus.png", Generator::Fooocus, "2020047614"),
    ("sd-next.jpg", Generator::A1111, "899700607"),
    ("sd-webui.jpg", Generator::A1111, "3623174757"),
    ("sd-webui.png", Generator::A1111, "3782896554"),
    ("sd-webui.webp", Generator::A1111, "1028435836"),
    ("sdxlturbo_example.png", Generator::ComfyUi, "0"),
    ("stability-matrix.png", Generator::A1111, "395309383"),
    ("swarmui.jpg", Generator::SwarmUi, "697543491"),
    ("swarmui.png", Generator::SwarmUi, "2083100758"),
    ("tensorart.png", Generator::Other, "-1"),
];

/// `ExifTool` takes the bytes of a `tEXt` chunk for Latin-1; these programs write UTF-8 there.
const WRITTEN_IN_UTF8: &[&str] = &["stability-matrix.png", "tensorart.png"];

#[test]
fn every_prompt_is_found_and_no_other() {
    let mut found = Vec::new();
    for (path, tags) in reported("data/corpus/images", ".exiftool.json") {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(generation) = claims_of(&path).generation else { continue };
        let prompt = generation.prompt.expect(&name);
        let words: Vec<_> = prompt.split(|c: char| !c.is_ascii()).map(str::trim).collect();
        let says = |text: &String| {
            if WRITTEN_IN_UTF8.contains(&name.as_str()) {
                return words.iter().all(|word| text.contains(word));
            }
            // InvokeAI writes what is not wanted in brackets between what is.
            text.contains(&prompt) || text.split(['[', ']']).any(|part| part.trim() == prompt)
        };
        assert!(raw_texts(&tags).iter().any(says), "{name}: {prompt}");
        found.push((name, generation.generator, generation.seed.unwrap_or_default()));
    }
    found.sort();
    let wanted = GENERATED
        .iter()
        .map(|(name, generator, seed)| ((*name).to_owned(), *generator, (*seed).to_owned()));
    if !found.is_empty() {
        assert_eq!(found, wanted.collect::<Vec<_>>());
    }
}

#[test]
fn content_credentials_are_found_where_they_are_and_nowhere_else() {
    let reports = reported("data/corpus/images", ".c2pa.json");
    let with: BTreeSet<_> = reports.iter().map(|(path, _)| path.clone()).collect();
    for (path, report) in &reports {
        let found = claims_of(path).credentials.expect("credentials");
        assert!(found.embedded, "{path:?}");
        let newest = &report["manifests"][report["active_manifest"].as_str().unwrap()];
        let named = &newest["claim_generator_info"][0]["name"];
        let generator = named.as_str().or(newest["claim_generator"].as_str());
        assert_eq!(found.generator.as_deref(), generator, "{path:?}");
        let mut types = BTreeSet::new();
        for assertion in newest["assertions"].as_array().unwrap() {
            let actions = assertion["data"]["actions"].as_array().into_iter().flatten();
            types.extend(actions.filter_map(|action| action["digitalSourceType"].as_str()));
        }
        let types: Vec<_> = types.into_iter().map(str::trim).collect();
        assert_eq!(found.source_types, types, "{path:?}");
    }
    for (path, _) in reported("data/corpus/images", ".exiftool.json") {
        let embedded = claims_of(&path).credentials.is_some_and(|found| found.embedded);
        assert_eq!(embedded, with.contains(&path), "{path:?}");
    }
}

/// Counts what is asked of a file.
struct Counting<R> {
    inner: R,
    reads: u64,
    bytes: u64,
}

impl<R> Counting<R> {
    fn new(inner: R) -> Self {
        Self { inner, reads: 0, bytes: 0 }
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.reads += 1;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// What `ExifTool` holds against a file; what is only bad style is left out.
fn broken(tags: &Tags) -> Option<&str> {
    let text = |name: &str| tags.get(name).and_then(Value::as_str);
    let warning = text("ExifTool:Warning").filter(|warning| !warning.starts_with("[minor]"));
    text("ExifTool:Error").or(warning)
}

/// What `ExifTool` finds broken in places where no claim comes from: a color profile, a maker's
/// preview.
const BROKEN_ELSEWHERE: &[&str] =
    &["issue#1825.png", "clusterfuzz-testcase-minimized-fuzzer_script_tiff-5026894169374720.tif"];

#[test]
fn a_file_that_exiftool_calls_broken_has_a_defect_or_no_known_type() {
    for (path, tags) in reported("data/corpus/robustness", ".exiftool.json") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(why) = broken(&tags) else { continue };
        let mut file = File::open(&path).unwrap();
        let defects = read_claims(&mut file).map(|claims| claims.defects).unwrap_or_default();
        let unknown = media::sniff(&mut file).media_type == "application/octet-stream";
        let excused = BROKEN_ELSEWHERE.contains(&name);
        assert_eq!(!defects.is_empty() || unknown, !excused, "{name}: {why}");
    }
}

#[test]
fn a_picture_that_is_whole_has_no_defect() {
    for (path, _) in reported("data/corpus/images", ".exiftool.json") {
        assert_eq!(claims_of(&path).defects, [], "{path:?}");
    }
    for (name, bytes) in samples() {
        assert_eq!(claims_in(&bytes).0.defects, [], "{name}");
    }
}

/// The claims, with the reads and bytes that they cost.
fn claims_in(bytes: &[u8]) -> (Claims, u64, u64) {
    let mut file = Counting::new(Cursor::new(bytes));
    let claims = read_claims(&mut file).unwrap_or_default();
    (claims, file.reads, file.bytes)
}

#[test]
fn no_file_costs_more_than_a_few_times_its_own_bytes() {
    let folders = ["data/corpus/robustness", "data/corpus/images"];
    let files = folders.into_iter().filter_map(support::shared).flat_map(walkdir::WalkDir::new);
    for entry in files.map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let length = entry.metadata().unwrap().len();
        let mut file = Counting::new(File::open(entry.path()).unwrap());
        let _claims = read_claims(&mut file);
        let path = entry.path();
        assert!(file.bytes <= 3 * length + 4_096, "{path:?}: {} of {length}", file.bytes);
        assert!(file.reads <= 1_000 + length / 256, "{path:?}: {} reads", file.reads);
    }
}

#[test]
fn every_kind_of_file_says_what_was_written_into_it() {
    for (name, bytes) in samples() {
        let (claims, ..) = claims_in(&bytes);
        if name != "tea.c2pa" {
            assert_eq!(claims.alt.any(), Some(name));
            assert_eq!(claims.alt.0["de"], format!("{name} (de)"));
            assert!(claims.discloses_generation(), "{name}");
        }
        if !["tea.svg", "tea.xmp"].contains(&name) {
            let credentials = claims.credentials.expect(name);
            assert_eq!(credentials.generator.as_deref(), Some("tea 1.0"), "{name}");
            assert_eq!(credentials.source_types.len(), 1, "{name}");
        }
        if ["tea.jpg", "tea.png", "tea.webp", "tea.avif"].contains(&name) {
            let generation = claims.generation.expect(name);
            assert_eq!(generation.prompt.as_deref(), Some("a tin of tea"), "{name}");
            assert_eq!(generation.negative_prompt.as_deref(), Some("text"), "{name}");
            assert_eq!(generation.seed.as_deref(), Some("4815"), "{name}");
            assert_eq!(generation.model.as_deref(), Some("tea-xl"), "{name}");
            assert_eq!(claims.description.any(), Some("a tin"), "{name}");
        }
        if ["tea.jpg", "tea.tif"].contains(&name) {
            assert_eq!(claims.title.any(), Some("Tea"), "{name}");
            assert_eq!(claims.keywords, ["tea", "tin"], "{name}");
            assert_eq!(claims.creators, ["A. Person"], "{name}");
            assert_eq!(claims.expires_on.as_deref(), Some("2027-01-31"), "{name}");
        }
    }
    assert_eq!(claims_in(svg("Tea", "").as_bytes()).0.title.any(), Some("Tea"));
}

#[test]
fn a_file_that_was_cut_off_has_a_defect() {
    for (name, bytes) in samples() {
        let whole = |end: &usize| claims_in(&bytes[..*end]).0.defects.is_empty();
        let untold: Vec<_> = (512..bytes.len()).filter(whole).collect();
        // Between two boxes, or within the last white space, nothing can be missed.
        assert!(untold.len() < 24, "{name}: {untold:?} of {}", bytes.len());
    }
}

#[test]
fn bombs_are_refused_without_being_unpacked() {
    let bomb = deflated(&vec![b'a'; 32 * 1024 * 1024]);
    let chunk = png_chunk(b"zTXt", &[b"parameters\0\0", bomb.as_slice()].concat());
    let (claims, ..) = claims_in(&png(&[chunk], &[]));
    assert_eq!(claims.defects.len(), 1, "{:?}", claims.defects);
    assert_eq!(claims.generation, None);

    let entities = "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>";
    let says = xmp("&b;", "x").replace("<x:xmpmeta", &format!("{entities}<x:xmpmeta"));
    let claims = read_claims_as(Container::Sidecar, &mut Cursor::new(says.as_bytes()));
    assert_eq!((claims.alt.any(), claims.defects.len()), (Some("&b;"), 0));
    let deep = xmp(&"<a>".repeat(200_000), "x");
    let claims = read_claims_as(Container::Sidecar, &mut Cursor::new(deep.as_bytes()));
    assert_eq!(claims.defects.len(), 1);
}

#[test]
fn a_manifest_elsewhere_is_named_and_never_fetched() {
    let says = xmp("tea", "x").replace(
        "rdf:about=''",
        "rdf:about='' xmlns:dcterms='http://purl.org/dc/terms/' \
         dcterms:provenance='https://127.0.0.1:9/tea.c2pa'",
    );
    let (claims, ..) = claims_in(says.as_bytes());
    let credentials = claims.credentials.unwrap();
    assert_eq!(credentials.remote.as_deref(), Some("https://127.0.0.1:9/tea.c2pa"));
    assert!(!credentials.embedded);
}

#[test]
fn the_page_has_a_row_for_every_field_and_every_difference() {
    let page = include_str!("../docs/embedded-metadata.md");
    for (field, ..) in fields(&Claims::default(), &Tags::new()) {
        assert!(page.contains(&format!("| {field} |")), "{field}");
    }
    for (.., reason) in DIFFERENCES {
        assert!(page.to_lowercase().contains(&reason.to_lowercase()), "{reason}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn flipped_bytes_neither_panic_nor_cost_more(
        which in 0_usize..9,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let (_, mut bytes) = samples().swap_remove(which);
        for (at, byte) in flips {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            let (claims, reads, read) = claims_in(bytes);
            prop_assert!(read <= 3 * bytes.len() as u64 + 4_096);
            prop_assert!(reads <= 1_000 + bytes.len() as u64);
            prop_assert!(claims.defects.len() <= 20);
            for container in CONTAINERS {
                let _claims = read_claims_as(container, &mut Cursor::new(bytes));
            }
        }
    }
}

const CONTAINERS: [Container; 9] = [
    Container::Jpeg,
    Container::Png,
    Container::WebP,
    Container::IsoBmff,
    Container::Tiff,
    Container::Gif,
    Container::Svg,
    Container::Sidecar,
    Container::Manifest,
];

#[test]
fn a_check_of_a_folder_reads_what_files_say() {
    let library = TestLibrary::new();
    library.configure("");
    let parameters = "a tin of tea\nSteps: 20, Seed: 4815";
    let text = png_chunk(b"tEXt", format!("parameters\0{parameters}").as_bytes());
    let undisclosed = png(&[text], &[]);
    library.write("export/tea-tin-on-oak.png", &undisclosed);
    library.write("export/garden-in-may.png", &undisclosed[..undisclosed.len() - 12]);
    let codes = |report: Value| -> BTreeSet<(String, String)> {
        let items = report["items"].as_array().unwrap().clone();
        let findings = items.iter().filter(|item| item["code"].is_string());
        let named = findings.map(|item| {
            (item["code"].as_str().unwrap().to_owned(), item["location"]["file"].to_string())
        });
        named.collect()
    };
    let found = codes(library.run("check export --without-catalog --format json").json());
    let has = |code: &str, name: &str| {
        found.iter().any(|(found, place)| found == code && place.contains(name))
    };
    assert!(has("SL318", "tea-tin-on-oak.png"), "{found:?}");
    assert!(has("SL608", "garden-in-may.png"), "{found:?}");
    assert!(!has("SL608", "tea-tin-on-oak.png"), "{found:?}");
}

/// The same files as seeds of the fuzzer, which cannot make them. `UPDATE_DOCS=1` writes them anew.
#[test]
fn the_files_in_fixtures_are_the_samples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/embedded");
    for (name, bytes) in samples() {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, &bytes).unwrap();
        }
        assert!(fs::read(&path).unwrap() == bytes, "{name}");
    }
}

#[test]
fn extended_xmp_is_joined_in_any_order_if_the_packet_names_it() {
    let digest = "0123456789ABCDEF0123456789ABCDEF";
    let main = xmp("short", "x").replace(
        "rdf:about=''",
        &format!(
            "rdf:about='' xmlns:n='http://ns.adobe.com/xmp/note/' n:HasExtendedXMP='{digest}'"
        ),
    );
    let extended = format!(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
         xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>{}</dc:title></rdf:Description></rdf:RDF>",
        "long ".repeat(40)
    );
    let part = |digest: &str, at: usize, text: &str| {
        let length = u32::try_from(extended.len()).unwrap().to_be_bytes();
        let offset = u32::try_from(at).unwrap().to_be_bytes();
        let mark = b"http://ns.adobe.com/xmp/extension/\0".as_slice();
        (0xe1, [mark, digest.as_bytes(), &length, &offset, text.as_bytes()].concat())
    };
    let (first, second) = extended.split_at(150);
    let first_packet = (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", main.as_bytes()].concat());
    let other = "F".repeat(32);
    let file = jpeg(&[
        first_packet.clone(),
        part(&other, 0, "<not the one that was meant>"),
        part(digest, 150, second),
        part(digest, 0, first),
    ]);
    let (claims, ..) = claims_in(&file);
    assert_eq!(claims.title.any().map(|title| title.starts_with("long long")), Some(true));
    assert_eq!((claims.alt.any(), claims.defects.len()), (Some("short"), 0));

    let torn = jpeg(&[first_packet, part(digest, 150, second)]);
    assert_eq!(claims_in(&torn).0.defects[0].what, "a part of the extended XMP is missing");
}
