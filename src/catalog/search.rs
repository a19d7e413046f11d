//! Full-text search over names, titles, alt texts and notes.

use rusqlite::{Transaction, named_params};

use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::AssetId;

/// Makes the asset's words anew from what is recorded about it.
pub(super) fn index_words(tx: &Transaction<'_>, asset: AssetId) -> Result<()> {
    let id = named_params! { ":asset": asset.0 };
    tx.prepare_cached("DELETE FROM asset_words WHERE rowid = :asset")?.execute(id)?;
    tx.prepare_cached(
        "INSERT INTO asset_words (rowid, words)
         SELECT a.id,
                replace(replace(CAST(a.path AS TEXT), '_', ' '), '-', ' ')
                || ' ' || coalesce(d.title, '') || ' ' || coalesce(d.source_note, '')
                || ' ' || coalesce((SELECT group_concat(text, ' ') FROM alt_text
                                    WHERE asset_id = a.id), '')
         FROM asset a LEFT JOIN description d ON d.asset_id = a.id
         WHERE a.id = :asset",
    )?
    .execute(id)?;
    Ok(())
}

impl Catalog {
    /// Gives the assets that contain all of `words` (as beginnings of words) to `visit`, best match
    /// first, until it says to stop.
    pub fn visit_matches(
        &self,
        words: &str,
        mut visit: impl FnMut(AssetId) -> Result<std::ops::ControlFlow<()>>,
    ) -> Result<()> {
        let Some(query) = match_query(words) else { return Ok(()) };
        let mut statement = self.conn.prepare_cached(
            "SELECT rowid AS id FROM asset_words WHERE asset_words MATCH :query ORDER BY rank, rowid",
        )?;
        let mut rows = statement.query(named_params! { ":query": query })?;
        while let Some(row) = rows.next()? {
            if visit(AssetId(row.get("id")?))?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The words as an FTS5 query in which nothing of the user's is syntax; `None` without a word.
fn match_query(words: &str) -> Option<String> {
    let terms: Vec<_> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_never_query_syntax() {
        assert_eq!(match_query("red fox").as_deref(), Some("\"red\"* \"fox\"*"));
        assert_eq!(match_query("a\" OR b*").as_deref(), Some("\"a\"* \"OR\"* \"b\"*"));
        assert_eq!(match_query("  -- "), None);
    }
}
