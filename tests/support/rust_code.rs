//! Rust source as far as the checks of the architecture need to understand it: what is code, what
//! is a literal, where a test module or a function begins and ends.

/// A source text without what only looks like code.
pub(crate) struct RustCode {
    /// The text with comments and the insides of literals replaced by spaces, line by line.
    pub(crate) plain: String,
    /// The insides of string literals.
    pub(crate) literals: Vec<String>,
}

/// A function and how many lines it takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) lines: usize,
}

impl RustCode {
    /// The code of `text` without its `#[cfg(test)]` modules.
    pub(crate) fn outside_tests(text: &str) -> Self {
        let everything = Self::of(text);
        let kept = without_tests(text, &everything.plain);
        Self::of(&kept)
    }

    /// The code of `text` with its tests.
    pub(crate) fn of(text: &str) -> Self {
        let mut reader = Reader {
            rest: text.chars().collect(),
            at: 0,
            plain: String::with_capacity(text.len()),
            literals: Vec::new(),
        };
        while reader.at < reader.rest.len() {
            reader.step();
        }
        Self { plain: reader.plain, literals: reader.literals }
    }

    /// Every function with a body.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let plain = &self.plain;
        let starts = plain.match_indices("fn ").map(|(at, _)| at);
        starts.filter(|at| is_word_start(plain, *at)).filter_map(|at| function(plain, at)).collect()
    }
}

fn function(plain: &str, at: usize) -> Option<Function> {
    let name: String = plain[at + 3..].chars().take_while(|c| is_word(*c)).collect();
    let head = plain[at..].find(['{', ';'])?;
    if name.is_empty() || plain[at + head..].starts_with(';') {
        return None;
    }
    let end = closing_brace(plain, at + head)?;
    Some(Function { name, lines: plain[at..end].matches('\n').count() + 1 })
}

/// The place of the brace that closes the one at `open`.
fn closing_brace(plain: &str, open: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, character) in plain[open..].char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + at);
        }
    }
    None
}

fn without_tests(text: &str, plain: &str) -> String {
    let mut kept = String::new();
    let mut from = 0;
    while let Some(found) = plain[from..].find("#[cfg(test)]") {
        let start = from + found;
        let Some(open) = plain[start..].find(['{', ';']).map(|at| start + at) else { break };
        let end = closing_brace(plain, open).unwrap_or(open);
        kept.push_str(&text[from..start]);
        from = end + 1;
    }
    kept.push_str(&text[from..]);
    kept
}

pub(crate) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Whether no word is cut in two at `at`.
pub(crate) fn is_word_start(text: &str, at: usize) -> bool {
    !text[..at].chars().next_back().is_some_and(is_word)
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    plain: String,
    literals: Vec<String>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.rest.get(self.at + ahead).copied()
    }

    fn is_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, c)| self.peek(ahead) == Some(c))
    }

    fn keep(&mut self) {
        self.plain.extend(self.peek(0));
        self.at += 1;
    }

    /// Replaces a character by as many bytes, so that both texts keep the same places.
    fn blank(&mut self) {
        match self.peek(0) {
            Some('\n') => self.plain.push('\n'),
            Some(hidden) => self.plain.extend(std::iter::repeat_n(' ', hidden.len_utf8())),
            None => {}
        }
        self.at += 1;
    }

    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (Some('/'), Some('/')) => self.line_comment(),
            (Some('/'), Some('*')) => self.block_comment(),
            (Some('"'), _) => self.string(),
            (Some('r'), Some('"' | '#')) if is_word_start(&self.plain, self.plain.len()) => {
                self.raw_string();
            }
            (Some('\''), Some('\\')) => self.character(),
            (Some('\''), Some(_)) if self.peek(2) == Some('\'') => self.character(),
            _ => self.keep(),
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while let Some(first) = self.peek(0) {
            let mark = match (first, self.peek(1)) {
                ('/', Some('*')) => 1,
                ('*', Some('/')) => -1,
                _ => 0,
            };
            depth += mark;
            self.blank();
            if mark != 0 {
                self.blank();
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn raw_string(&mut self) {
        let hashes = self.rest[self.at + 1..].iter().take_while(|c| **c == '#').count();
        if self.peek(1 + hashes) != Some('"') {
            self.keep();
            return;
        }
        (0..=hashes).for_each(|_| self.keep());
        let close = format!("\"{}", "#".repeat(hashes));
        self.keep();
        let mut inside = String::new();
        while self.at < self.rest.len() && !self.is_at(&close) {
            inside.extend(self.peek(0));
            self.blank();
        }
        (0..close.len()).for_each(|_| self.keep());
        self.literals.push(inside);
    }

    fn string(&mut self) {
        self.keep();
        let mut inside = String::new();
        while let Some(character) = self.peek(0).filter(|c| *c != '"') {
            inside.push(character);
            self.blank();
            if character == '\\' {
                inside.extend(self.peek(0));
                self.blank();
            }
        }
        self.keep();
        self.literals.push(inside);
    }

    fn character(&mut self) {
        self.keep();
        while let Some(character) = self.peek(0).filter(|c| *c != '\'') {
            self.blank();
            if character == '\\' {
                self.blank();
            }
        }
        self.keep();
    }
}

#[test]
fn what_only_looks_like_code_is_blanked() {
    let code = RustCode::of(
        "let a = \"x // \\\" crate::no\"; // crate::no\nlet b = r#\"y \" crate::no\"#;/* /* */ crate::no */'\"' 'a crate::yes",
    );
    assert_eq!(code.literals, ["x // \\\" crate::no", "y \" crate::no"]);
    assert_eq!(code.plain.matches("crate::").count(), 1);
    assert!(code.plain.ends_with("' ' 'a crate::yes"), "{}", code.plain);
}

#[test]
fn test_modules_are_left_out() {
    let code = RustCode::outside_tests(
        "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { \"}\"; }\n}\n#[cfg(test)]\nmod more;\nfn c() {}\n",
    );
    let names: Vec<_> = code.functions().into_iter().map(|function| function.name).collect();
    assert_eq!(names, ["a", "c"]);
}

#[test]
fn a_function_is_measured_from_its_name_to_its_brace() {
    let code =
        RustCode::of("pub fn long(\n a: &'static str,\n) -> u8 {\n  match a {\n }\n}\nfn no();");
    assert_eq!(code.functions(), [Function { name: "long".to_owned(), lines: 6 }]);
}
