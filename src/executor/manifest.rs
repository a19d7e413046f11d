//! What an operation's folder in quarantine says of itself, for the day the catalog is lost.

use serde_json::{Map, Value, json};

use crate::catalog::{Operation, OperationFile, RootRecord};
use crate::domain::asset::{Asset, AssetFile, AssetId};
use crate::domain::path::RelPath;
use crate::files::FileStat;

use super::Removal;

/// The version of this format.
pub(super) const FORMAT: u64 = 1;

/// A file that is about to be moved.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) file: OperationFile,
    pub(super) known: AssetFile,
    pub(super) stat: FileStat,
}

/// Who the manifest is written by, and about what.
pub(super) struct Account<'a> {
    pub(super) catalog: String,
    pub(super) actor: String,
    pub(super) asset: &'a Asset,
    /// Who withdrew it, if it was.
    pub(super) withdrawn_by: Option<String>,
    pub(super) roots: &'a [RootRecord],
}

/// Writes everything that is needed to bring the files back without the catalog.
pub(super) fn write(
    operation: &Operation,
    removal: &Removal,
    account: &Account<'_>,
    sources: &[Source],
) -> Vec<u8> {
    let asset = account.asset;
    let manifest = json!({
        "format": FORMAT,
        "catalog": account.catalog,
        "operation": operation.id,
        "opened": operation.opened_at.to_string(),
        "actor": account.actor,
        "reason": removal.reason,
        "causes": removal.causes,
        "asset": {
            "id": asset.id.0,
            "state": asset.state.to_string(),
            "root": root_name(account.roots, asset.root),
            "path": text_or_hex(&asset.path),
            "sha256": asset.digest.to_string(),
            "type": asset.content.media_type,
            "pixels": asset.content.dimensions.map(|size| size.to_string()),
            "attachment": asset.attachment,
            "withdrawn_by": account.withdrawn_by,
        },
        "files": sources.iter().map(|source| file_entry(source, account.roots)).collect::<Vec<_>>(),
    });
    let mut text = format!("{manifest:#}");
    text.push('\n');
    text.into_bytes()
}

fn file_entry(source: &Source, roots: &[RootRecord]) -> Value {
    let Source { file, known, stat } = source;
    json!({
        "name": file.stored_name,
        "root": root_name(roots, file.root),
        "path": text_or_hex(&file.path),
        "role": known.role.name(),
        "type": known.content.media_type,
        "pixels": known.content.dimensions.map(|size| size.to_string()),
        "sha256": file.digest.to_string(),
        "bytes": file.bytes,
        "mode": format!("{:04o}", file.mode),
        "uid": stat.uid,
        "gid": stat.gid,
        "modified_ns": file.modified_ns,
    })
}

fn root_name(roots: &[RootRecord], id: i64) -> Option<&str> {
    roots.iter().find(|root| root.id == id).map(|root| root.name.as_str())
}

/// A path as text, or as `{"hex": …}` where its bytes are not UTF-8.
fn text_or_hex(path: &RelPath) -> Value {
    if let Ok(text) = std::str::from_utf8(path.as_bytes()) {
        return json!(text);
    }
    let halves = path.as_bytes().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = halves.map(|half| char::from_digit(half.into(), 16).unwrap_or_default());
    json!({ "hex": digits.collect::<String>() })
}

/// What a manifest says, as far as a report needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub catalog: String,
    pub asset: Option<AssetId>,
    pub actor: String,
    pub opened: String,
    pub paths: Vec<RelPath>,
}

impl Manifest {
    /// Reads a manifest of this format; `None` if the bytes are not one.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let fields = value.as_object()?;
        if fields.get("format")?.as_u64()? != FORMAT {
            return None;
        }
        let files = fields.get("files")?.as_array()?;
        Some(Self {
            catalog: text(fields, "catalog")?,
            asset: fields.get("asset")?.get("id")?.as_i64().map(AssetId),
            actor: text(fields, "actor")?,
            opened: text(fields, "opened")?,
            paths: files.iter().map(|file| path(file.get("path")?)).collect::<Option<_>>()?,
        })
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name)?.as_str().map(str::to_owned)
}

pub(super) fn path(value: &Value) -> Option<RelPath> {
    let bytes = match value.get("hex") {
        Some(digits) => unhex(digits.as_str()?)?,
        None => value.as_str()?.as_bytes().to_vec(),
    };
    RelPath::new(bytes).ok()
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<_> =
        digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<_>>>()?;
    let byte = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_can_be_read_back() {
        for bytes in [&b"2026/07/tea.jpg"[..], b"caf\xe9/\xff", b"\"}\n"] {
            let known = RelPath::new(bytes).unwrap();
            assert_eq!(path(&text_or_hex(&known)), Some(known));
        }
        assert_eq!(text_or_hex(&RelPath::new(*b"\xff\x01").unwrap()), json!({ "hex": "ff01" }));
    }

    #[test]
    fn what_is_no_manifest_is_not_taken_for_one() {
        let whole = json!({
            "format": 1, "catalog": "c", "opened": "o", "actor": "a", "asset": { "id": 7 },
            "files": [{ "path": "a.png" }, { "path": { "hex": "ff" } }],
        });
        let read = |value: &Value| Manifest::read(value.to_string().as_bytes());
        assert_eq!(read(&whole).unwrap().paths.len(), 2);
        for (field, value) in [
            ("format", json!(2)),
            ("files", json!([{ "path": "../a.png" }])),
            ("files", json!([{ "path": { "hex": "f" } }])),
            ("files", json!([{ "path": { "hex": "zz" } }])),
            ("files", json!("a.png")),
            ("actor", json!(7)),
        ] {
            let mut spoiled = whole.clone();
            spoiled[field] = value;
            assert_eq!(read(&spoiled), None, "{spoiled}");
        }
        assert_eq!(Manifest::read(b"{"), None);
        assert_eq!(Manifest::read(b""), None);
    }
}
