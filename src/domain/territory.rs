//! Countries, by the codes of ISO 3166-1 alpha-2, and the one group of them that licenses name.

/// Every officially assigned code, ascending.
#[rustfmt::skip]
pub const COUNTRIES: [&str; 249] = [
    "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ",
    "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS",
    "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
    "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE",
    "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF",
    "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
    "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM",
    "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC",
    "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
    "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA",
    "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG",
    "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
    "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS",
    "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
    "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
    "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW",
];

/// The word that stands for [`EU_MEMBERS`].
pub const EU: &str = "EU";

/// The members of the European Union since 2020-02-01, ascending.
///
/// A record keeps the members and not the word: what a license covers does not change when the
/// Union does.
#[rustfmt::skip]
pub const EU_MEMBERS: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Why a text is no territory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TerritoryError {
    #[error("`UK` is not a code of ISO 3166-1 (the United Kingdom is GB)")]
    UnitedKingdom,
    #[error("`{0}` is not a country code of ISO 3166-1 (write two letters such as DE, or EU)")]
    Unknown(String),
}

/// The codes that `text` stands for, in either case: a country's own, or all of a group.
pub fn codes_of(text: &str) -> Result<&'static [&'static str], TerritoryError> {
    let wanted = text.to_ascii_uppercase();
    match wanted.as_str() {
        EU => return Ok(&EU_MEMBERS),
        "UK" => return Err(TerritoryError::UnitedKingdom),
        _ => {}
    }
    let found = COUNTRIES.iter().position(|code| *code == wanted);
    found
        .and_then(|at| COUNTRIES.get(at..=at))
        .ok_or_else(|| TerritoryError::Unknown(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_without_repeats_and_the_union_is_made_of_countries() {
        assert!(COUNTRIES.is_sorted_by(|a, b| a < b));
        assert!(EU_MEMBERS.is_sorted_by(|a, b| a < b));
        assert!(EU_MEMBERS.iter().all(|code| COUNTRIES.contains(code)));
        let shape = |code: &&str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        assert!(COUNTRIES.iter().all(shape));
    }

    #[test]
    fn a_code_is_read_in_either_case() {
        assert_eq!(codes_of("at").unwrap(), ["AT"]);
        assert_eq!(codes_of("ZW").unwrap(), ["ZW"]);
        assert_eq!(codes_of("eu").unwrap().len(), 27);
    }

    #[test]
    fn what_is_not_assigned_is_refused() {
        for text in ["", "A", "ZZ", "XK", "EUR", "USA", "WW", "D E", "ÄT"] {
            assert_eq!(codes_of(text), Err(TerritoryError::Unknown(text.to_owned())));
        }
        assert_eq!(codes_of("uk"), Err(TerritoryError::UnitedKingdom));
    }
}
