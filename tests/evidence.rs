//! What the audit log proves: by itself, with a checkpoint kept elsewhere, against the tables and
//! against the disk.

mod checkpoints;
mod disk;
mod forging;
mod honest;
mod oracle;
mod play;
mod replaying;
mod tampering;

/// How many cases a test tries: `few`, or in proportion more where `PROPTEST_CASES` asks for it.
fn cases(few: u64) -> u64 {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse::<u64>().ok());
    asked.map_or(few, |asked| (few * asked / 256).clamp(few, few * 8))
}
