//! Reading a manifest so strictly that records can be made of what it says: the file may be torn, or
//! written by somebody else.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::asset::{AssetId, Content, Digest, Dimensions, Role};
use crate::domain::lifecycle::Ended;
use crate::domain::testimony::{Testimony, ToldAsset, ToldFile};
use crate::domain::time::Timestamp;
use crate::files::Quarantine;

use super::manifest::{FORMAT, path};

/// More files than an asset has.
const MOST_FILES: usize = 9_999;
/// A name, an account, an identifier.
const NAME: usize = 1_024;
/// What somebody gave as a reason.
const REASON: usize = 64 << 10;
const MOST_CAUSES: usize = 1_000;

/// What is wrong with a manifest, in words.
type Read<T> = Result<T, String>;

/// Reads the manifest of the operation `store`.
pub(super) fn read(bytes: &[u8], store: &str) -> Read<Testimony> {
    if u64::try_from(bytes.len()).is_ok_and(|length| length > Quarantine::MANIFEST_BYTES) {
        return Err("its manifest is longer than any".to_owned());
    }
    let value: Value =
        serde_json::from_slice(bytes).map_err(|_| "its manifest is no JSON".to_owned())?;
    if field(&value, "format")?.as_u64() != Some(FORMAT) {
        return Err("its manifest has a format that this version does not know".to_owned());
    }
    if text(&value, "operation", NAME)? != store {
        return Err("its manifest is of another operation".to_owned());
    }
    let catalog = text(&value, "catalog", NAME)?;
    if uuid::Uuid::parse_str(&catalog).ok().map(|id| id.to_string()) != Some(catalog.clone()) {
        return Err(bad("catalog"));
    }
    let files = files(&value)?;
    Ok(Testimony {
        catalog,
        operation: store.to_owned(),
        opened: Timestamp::parse(&text(&value, "opened", NAME)?).map_err(|_| bad("opened"))?,
        actor: text(&value, "actor", NAME)?,
        reason: optional_text(&value, "reason", REASON)?,
        causes: causes(&value)?,
        asset: asset(field(&value, "asset")?, &files)?,
        files,
    })
}

fn causes(value: &Value) -> Read<Vec<String>> {
    let causes = field(value, "causes")?.as_array().ok_or_else(|| bad("causes"))?;
    let short =
        |cause: &Value| cause.as_str().filter(|text| text.len() <= REASON).map(str::to_owned);
    let causes: Option<Vec<_>> = causes.iter().map(short).collect();
    causes.filter(|causes| causes.len() <= MOST_CAUSES).ok_or_else(|| bad("causes"))
}

/// Earlier versions did not tell the root and the content: they are those of the original among the
/// files, or of the first.
fn asset(value: &Value, files: &[ToldFile]) -> Read<ToldAsset> {
    let at = path(field(value, "path")?).ok_or_else(|| bad("path"))?;
    let file = files.iter().find(|file| file.path == at).or(files.first());
    let file = file.ok_or_else(|| bad("files"))?;
    let told = value.get("sha256").is_some();
    let number = field(value, "id")?.as_i64().filter(|number| *number > 0);
    let attachment = match field(value, "attachment")? {
        Value::Null => None,
        number => Some(number.as_i64().filter(|id| *id > 0).ok_or_else(|| bad("attachment"))?),
    };
    Ok(ToldAsset {
        number: AssetId(number.ok_or_else(|| bad("id"))?),
        was: Ended::named(&text(value, "state", NAME)?).ok_or_else(|| bad("state"))?,
        root: if told { text(value, "root", NAME)? } else { file.root.clone() },
        path: at,
        digest: if told { digest(value)? } else { file.digest },
        content: if told { content(value)? } else { file.content.clone() },
        attachment,
        withdrawn_by: optional_text(value, "withdrawn_by", NAME)?,
    })
}

fn files(value: &Value) -> Read<Vec<ToldFile>> {
    let values = field(value, "files")?.as_array().ok_or_else(|| bad("files"))?;
    if values.is_empty() || values.len() > MOST_FILES {
        return Err(bad("files"));
    }
    let files = values.iter().zip(1..).map(|(value, number)| file(value, number));
    let files = files.collect::<Read<Vec<_>>>()?;
    let paths: BTreeSet<_> = files.iter().map(|file| (&file.root, &file.path)).collect();
    if paths.len() == files.len() { Ok(files) } else { Err("two files have one path".to_owned()) }
}

fn file(value: &Value, number: u32) -> Read<ToldFile> {
    let stored_name = text(value, "name", NAME)?;
    if stored_name != Quarantine::file_name(number) {
        return Err(bad("name"));
    }
    let mode = u32::from_str_radix(&text(value, "mode", NAME)?, 8).ok();
    let bytes = field(value, "bytes")?.as_u64().filter(|bytes| i64::try_from(*bytes).is_ok());
    Ok(ToldFile {
        stored_name,
        root: text(value, "root", NAME)?,
        path: path(field(value, "path")?).ok_or_else(|| bad("path"))?,
        role: Role::named(&text(value, "role", NAME)?).ok_or_else(|| bad("role"))?,
        digest: digest(value)?,
        content: content(value)?,
        bytes: bytes.ok_or_else(|| bad("bytes"))?,
        mode: mode.filter(|mode| *mode <= 0o7777).ok_or_else(|| bad("mode"))?,
        modified_ns: field(value, "modified_ns")?.as_i64().ok_or_else(|| bad("modified_ns"))?,
    })
}

fn digest(value: &Value) -> Read<Digest> {
    text(value, "sha256", NAME)?.parse().map_err(|()| bad("sha256"))
}

fn content(value: &Value) -> Read<Content> {
    let dimensions = optional_text(value, "pixels", NAME)?;
    let dimensions =
        dimensions.map(|size| pixels(&size).ok_or_else(|| bad("pixels"))).transpose()?;
    Ok(Content { media_type: text(value, "type", NAME)?, dimensions })
}

fn pixels(text: &str) -> Option<Dimensions> {
    let (width, height) = text.split_once('x')?;
    Some(Dimensions { width: width.parse().ok()?, height: height.parse().ok()? })
}

fn field<'v>(value: &'v Value, name: &str) -> Read<&'v Value> {
    value.get(name).ok_or_else(|| bad(name))
}

fn text(value: &Value, name: &str, most: usize) -> Read<String> {
    let text = field(value, name)?.as_str().filter(|text| text.len() <= most);
    text.map(str::to_owned).ok_or_else(|| bad(name))
}

/// `None` if there is none, as where an earlier version wrote the manifest.
fn optional_text(value: &Value, name: &str, most: usize) -> Read<Option<String>> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(value, name, most).map(Some),
    }
}

fn bad(field: &str) -> String {
    format!("its manifest does not say `{field}` as it should")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OP: &str = "01jz0000000000000000000001";

    /// As the first version wrote it.
    fn old() -> Value {
        json!({
            "format": 1, "catalog": "0190b1c2-0000-7000-8000-00000000002a", "operation": OP,
            "opened": "2026-03-02T09:00:00.000Z", "actor": "olga at desk", "reason": null,
            "causes": ["rejected"],
            "asset": { "id": 7, "state": "rejected", "path": "a.png", "attachment": null },
            "files": [{
                "name": "0001.bin", "root": "uploads", "path": "a.png", "role": "original",
                "type": "image/png", "pixels": "60x40", "sha256": "ab".repeat(32), "bytes": 9,
                "mode": "0644", "uid": 0, "gid": 0, "modified_ns": -5,
            }, {
                "name": "0002.bin", "root": "uploads", "path": { "hex": "ff" }, "role": "size",
                "type": "image/png", "pixels": null, "sha256": "cd".repeat(32), "bytes": 0,
                "mode": "7777", "uid": 0, "gid": 0, "modified_ns": 0,
            }],
        })
    }

    fn reading(value: &Value) -> Read<Testimony> {
        read(value.to_string().as_bytes(), OP)
    }

    #[test]
    fn manifests_of_the_first_version_are_read() {
        let told = reading(&old()).unwrap();
        assert_eq!(told.asset.digest, told.files[0].digest);
        assert_eq!((told.asset.number, told.asset.was), (AssetId(7), Ended::Rejected));
        assert_eq!((told.files[1].mode, told.files[1].path.as_bytes()), (0o7777, &b"\xff"[..]));
        let mut new = old();
        new["asset"]["root"] = json!("drafts");
        new["asset"]["sha256"] = json!("ef".repeat(32));
        new["asset"]["type"] = json!("image/webp");
        let told = reading(&new).unwrap();
        assert_eq!((told.asset.root.as_str(), told.asset.digest), ("drafts", Digest([0xef; 32])));
    }

    #[test]
    fn whatever_is_not_as_it_is_written_is_refused() {
        let spoiled: &[(&str, Value)] = &[
            ("/format", json!(2)),
            ("/operation", json!("01jz0000000000000000000002")),
            ("/catalog", json!("c")),
            ("/catalog", json!("0190B1C2-0000-7000-8000-00000000002A")),
            ("/opened", json!("yesterday")),
            ("/actor", json!("a".repeat(2_000))),
            ("/reason", json!(7)),
            ("/causes", json!("rejected")),
            ("/causes/0", json!(7)),
            ("/asset", json!(7)),
            ("/asset/id", json!(0)),
            ("/asset/id", json!("7")),
            ("/asset/id", json!(u64::MAX)),
            ("/asset/state", json!("approved")),
            ("/asset/state", json!("quarantined")),
            ("/asset/path", json!("../a.png")),
            ("/asset/attachment", json!(-1)),
            ("/files", json!([])),
            ("/files", json!({})),
            ("/files/0/name", json!("../0001.bin")),
            ("/files/0/name", json!("0002.bin")),
            ("/files/0/root", json!(1)),
            ("/files/0/path", json!("/etc/passwd")),
            ("/files/0/path", json!("a/../../b")),
            ("/files/0/path", json!("a\u{0}b")),
            ("/files/0/path", json!("")),
            ("/files/0/path", json!({ "hex": "fff" })),
            ("/files/0/path", json!({ "hex": "2e2e2f61" })),
            ("/files/1/path", json!("a.png")),
            ("/files/0/role", json!("boss")),
            ("/files/0/sha256", json!("ab")),
            ("/files/0/bytes", json!(-1)),
            ("/files/0/bytes", json!(u64::MAX)),
            ("/files/0/bytes", json!(1.5)),
            ("/files/0/mode", json!("0648")),
            ("/files/0/mode", json!("17777")),
            ("/files/0/modified_ns", json!(u64::MAX)),
            ("/files/0/pixels", json!("60")),
            ("/files/0/type", json!(null)),
        ];
        for (place, value) in spoiled {
            let mut manifest = old();
            *manifest.pointer_mut(place).unwrap() = value.clone();
            assert!(reading(&manifest).is_err(), "{place} {value}");
        }
        let whole = old().to_string();
        for length in 0..whole.len() {
            assert!(read(&whole.as_bytes()[..length], OP).is_err(), "{length} bytes of it");
        }
        assert!(read("[".repeat(100_000).as_bytes(), OP).is_err());
    }

    #[test]
    fn no_field_that_is_needed_may_be_missing() {
        for place in ["", "/asset", "/files/0"] {
            let names: Vec<_> =
                old().pointer(place).unwrap().as_object().unwrap().keys().cloned().collect();
            for name in names {
                if ["reason", "pixels", "uid", "gid"].contains(&name.as_str()) {
                    continue;
                }
                let mut manifest = old();
                manifest.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(&name);
                assert!(reading(&manifest).is_err(), "{place}/{name}");
            }
        }
    }
}
