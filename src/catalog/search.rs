//! Full-text search over names, titles, alt texts and notes, in any language.

use std::ops::ControlFlow;

use rusqlite::{Transaction, named_params};

use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::words::{name_in_words, set_apart};

/// Makes the asset's words anew from what is recorded about it.
pub(super) fn index_words(tx: &Transaction<'_>, asset: AssetId) -> Result<()> {
    let id = named_params! { ":asset": asset.0 };
    let (path, texts): (Vec<u8>, String) = tx
        .prepare_cached(
            "SELECT a.path,
                    coalesce(d.title, '') || ' ' || coalesce(d.source_note, '')
                    || ' ' || coalesce((SELECT group_concat(text, ' ') FROM alt_text
                                        WHERE asset_id = a.id), '') AS texts
             FROM asset a LEFT JOIN description d ON d.asset_id = a.id
             WHERE a.id = :asset",
        )?
        .query_row(id, |row| Ok((row.get("path")?, row.get("texts")?)))?;
    let name = name_in_words(&String::from_utf8_lossy(&path));
    let words = format!("{name} {}", set_apart(&texts));
    tx.prepare_cached("DELETE FROM asset_words WHERE rowid = :asset")?.execute(id)?;
    tx.prepare_cached("INSERT INTO asset_words (rowid, words) VALUES (:asset, :words)")?
        .execute(named_params! { ":asset": asset.0, ":words": words })?;
    Ok(())
}

/// The order in which what matches is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchOrder {
    /// Best match first (bm25), then by ascending number. Reads everything that matches before it
    /// gives out the first.
    Best,
    /// By descending number, each as it is found.
    Newest,
}

impl MatchOrder {
    fn sql(self) -> &'static str {
        match self {
            Self::Best => {
                "SELECT rowid AS id FROM asset_words WHERE asset_words MATCH :query
                 ORDER BY rank, rowid"
            }
            Self::Newest => {
                "SELECT rowid AS id FROM asset_words WHERE asset_words MATCH :query
                 ORDER BY rowid DESC"
            }
        }
    }
}

/// How much of a word has to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    WholeWords,
    /// The beginnings of words will do. What is read for it grows with all that begins so.
    Beginnings,
}

impl Catalog {
    /// Gives the assets that contain all of `words` to `visit`, until it says to stop. An error of
    /// `visit` ends it.
    pub fn visit_matches<E: From<CatalogError>>(
        &self,
        words: &str,
        (by, order): (MatchedBy, MatchOrder),
        mut visit: impl FnMut(AssetId) -> std::result::Result<ControlFlow<()>, E>,
    ) -> std::result::Result<(), E> {
        let sql = |error: rusqlite::Error| E::from(CatalogError::from(error));
        let Some(query) = match_query(words, by) else { return Ok(()) };
        let mut statement = self.conn.prepare_cached(order.sql()).map_err(sql)?;
        let mut rows = statement.query(named_params! { ":query": query }).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            if visit(AssetId(row.get("id").map_err(sql)?))?.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// More words than this are not looked for.
const MOST_WORDS: usize = 50;

/// The words as an FTS5 query in which nothing of the user's is syntax; `None` without a word.
///
/// What stands without a blank between is looked for in that order: `tea-tin`, or a text in a
/// script that has no blanks.
fn match_query(words: &str, by: MatchedBy) -> Option<String> {
    let said = |word: &&str| word.chars().any(char::is_alphanumeric);
    let phrase = |word: &str| {
        let harmless = |c: char| if c == '"' || c.is_control() { ' ' } else { c };
        let word: String = set_apart(word).chars().map(harmless).collect();
        let begins = if by == MatchedBy::Beginnings { "*" } else { "" };
        format!("\"{}\"{begins}", word.trim())
    };
    let terms: Vec<_> =
        words.split_whitespace().filter(said).take(MOST_WORDS).map(phrase).collect();
    (!terms.is_empty()).then(|| terms.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_never_query_syntax() {
        let match_query = |words| match_query(words, MatchedBy::Beginnings);
        assert_eq!(match_query("red fox").as_deref(), Some("\"red\"* \"fox\"*"));
        assert_eq!(match_query("a\" OR b*").as_deref(), Some("\"a\"* \"OR\"* \"b*\"*"));
        assert_eq!(match_query("tea-tin -- \0x").as_deref(), Some("\"tea-tin\"* \"x\"*"));
        assert_eq!(match_query("日本茶").as_deref(), Some("\"日 本 茶\"*"));
        assert_eq!(match_query("  -- \" * "), None);
        let whole = super::match_query("red fox-", MatchedBy::WholeWords);
        assert_eq!(whole.as_deref(), Some("\"red\" \"fox-\""));
    }
}
