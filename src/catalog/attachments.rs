//! What imports told about WordPress attachments and their files.

use rusqlite::{Transaction, named_params};
use serde_json::json;

use super::audit::About;
use super::error::Result;
use super::open::Catalog;
use crate::domain::group::KnownAttachment;

const UPLOAD: &str = "original_image";
const SIZE: &str = "size";
const BACKUP: &str = "backup";

impl Catalog {
    /// The attachments whose files are in a folder of a root, by id. A site knows nothing of roots
    /// that it does not serve.
    pub fn attachments_in(&self, root: i64, folder: &[u8]) -> Result<Vec<KnownAttachment>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, name FROM attachment
             WHERE folder = :folder
               AND EXISTS (SELECT 1 FROM root WHERE id = :root AND kind = 'production')
             ORDER BY id",
        )?;
        let mut rows = statement.query(named_params! { ":folder": folder, ":root": root })?;
        let mut attachments = Vec::new();
        while let Some(row) = rows.next()? {
            let (id, main) = (row.get("id")?, row.get("name")?);
            attachments.push(self.with_files(KnownAttachment {
                id,
                main,
                ..Default::default()
            })?);
        }
        Ok(attachments)
    }

    fn with_files(&self, mut attachment: KnownAttachment) -> Result<KnownAttachment> {
        let mut statement = self.conn.prepare_cached(
            "SELECT name, role FROM attachment_file WHERE attachment_id = :id ORDER BY name",
        )?;
        let mut rows = statement.query(named_params! { ":id": attachment.id })?;
        while let Some(row) = rows.next()? {
            let (name, role): (Vec<u8>, String) = (row.get("name")?, row.get("role")?);
            match role.as_str() {
                UPLOAD => attachment.original_image = Some(name),
                BACKUP => attachment.backups.push(name),
                _ => attachment.sizes.push(name),
            }
        }
        Ok(attachment)
    }

    /// Whether an import told of the attachment before.
    pub fn knows_attachment(&self, id: i64) -> Result<bool> {
        let mut statement = self.conn.prepare_cached("SELECT 1 FROM attachment WHERE id = :id")?;
        Ok(statement.exists(named_params! { ":id": id })?)
    }

    /// Whether imports told of any attachment.
    pub fn knows_attachments(&self) -> Result<bool> {
        Ok(self.conn.prepare_cached("SELECT 1 FROM attachment LIMIT 1")?.exists([])?)
    }

    /// Records attachments with their folders, in place of what was known of them: all or none.
    pub fn record_attachments(&mut self, attachments: &[(Vec<u8>, KnownAttachment)]) -> Result<()> {
        self.write(|tx, _, log| {
            for (folder, attachment) in attachments {
                write_attachment(tx, folder, attachment)?;
            }
            let payload = json!({ "attachments": attachments.len() });
            log.append(tx, "import.attachments", About::default(), &payload)
        })
    }
}

fn write_attachment(
    tx: &Transaction<'_>,
    folder: &[u8],
    attachment: &KnownAttachment,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO attachment (id, folder, name) VALUES (:id, :folder, :name)
         ON CONFLICT (id) DO UPDATE SET folder = excluded.folder, name = excluded.name",
    )?
    .execute(named_params! {
        ":id": attachment.id, ":folder": folder, ":name": attachment.main,
    })?;
    tx.prepare_cached("DELETE FROM attachment_file WHERE attachment_id = :id")?
        .execute(named_params! { ":id": attachment.id })?;
    let upload = attachment.original_image.iter().map(|name| (name, UPLOAD));
    let sizes = attachment.sizes.iter().map(|name| (name, SIZE));
    let backups = attachment.backups.iter().map(|name| (name, BACKUP));
    for (name, role) in upload.chain(sizes).chain(backups) {
        tx.prepare_cached(
            "INSERT INTO attachment_file (attachment_id, name, role) VALUES (:id, :name, :role)
             ON CONFLICT (attachment_id, name) DO NOTHING",
        )?
        .execute(named_params! { ":id": attachment.id, ":name": name, ":role": role })?;
    }
    Ok(())
}
