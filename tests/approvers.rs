//! Who may approve: roles, accounts and four eyes.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

/// A library whose one draft was scanned from the account `shelflife` and described by `anna` from
/// the account `a1`.
fn described() -> TestLibrary {
    let library = TestLibrary::new();
    library.set_account("shelflife");
    library.write("uploads/tea.png", crate::support::scanned::picture(1));
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    be(&library, ("anna", "a1"));
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library
}

/// Gives the commands that follow in this name and from this account.
fn be(library: &TestLibrary, (name, account): (&str, &str)) {
    library.set_actor(name);
    library.set_account(account);
}

/// Replaces a line of the configuration that `init` wrote.
fn reconfigure(library: &TestLibrary, before: &str, after: &str) {
    let config = std::fs::read_to_string(library.path("shelflife.toml")).unwrap();
    assert!(config.contains(before), "{config}");
    library.write_config(&config.replace(before, after));
}

#[test]
fn only_an_approver_approves_and_renews() {
    let library = described();
    reconfigure(&library, "# approvers", "approvers");
    be(&library, ("zoe", "z1"));
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 tea.png: zoe is no approver (those are anna, li)
    1 refused
    ");
    be(&library, ("li", "l1"));
    library.run("approve 1").expect(ExitCode::Success);
    be(&library, ("zoe", "z1"));
    library.run("renew 1 --expires-on +5m").expect(ExitCode::No);
    library.run("reject 1 --reason x").expect(ExitCode::Success);
}

#[test]
fn an_account_speaks_for_the_person_it_belongs_to_and_for_nobody_else() {
    let library = described();
    reconfigure(&library, "# approvers", "approvers");
    reconfigure(&library, "# accounts", "accounts");
    be(&library, ("li", "u1017"));
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 tea.png: the account u1017 is anna's, not li's
    1 refused
    ");
    be(&library, ("anna", "u1017"));
    library.run("approve 1 --dry-run").expect(ExitCode::Success);
    library.remove_variable("SHELFLIFE_ACTOR");
    library.run("approve 1").expect(ExitCode::Success);
}

#[test]
fn four_eyes_take_somebody_else_from_another_account() {
    let library = described();
    be(&library, ("anna", "x1"));
    library.run("approve 1 --dry-run").expect(ExitCode::Success);
    reconfigure(&library, "four_eyes = false", "four_eyes = true");
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 tea.png: anna described it last: four eyes take somebody else
    1 refused
    ");
    be(&library, ("li", "a1"));
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 tea.png: anna described it last from the account a1, which li uses too: four eyes take two accounts
    1 refused
    ");
    be(&library, ("li", "shelflife"));
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 tea.png: shelflife added it from the account shelflife, which li uses too: four eyes take two accounts
    1 refused
    ");
    be(&library, ("li", "l1"));
    library.run("approve 1").expect(ExitCode::Success);
    library.run("renew 1 --expires-on +5m").expect(ExitCode::Success);
    library.run("renew 1 --expires-on +6m").expect(ExitCode::Success);
    library.run("describe 1 --alt 'A tin of green tea'").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::No);
    be(&library, ("anna", "a1"));
    library.run("approve 1").expect(ExitCode::Success);
}

#[test]
fn a_job_is_the_account_it_runs_under() {
    let library = described();
    reconfigure(&library, "four_eyes = false", "four_eyes = true");
    library.write("uploads/tin.png", crate::support::scanned::picture(2));
    library.set_variable("SHELFLIFE_JOB", "nightly");
    be(&library, ("cron", "shelflife"));
    library.run("scan").expect(ExitCode::Success);
    library.remove_variable("SHELFLIFE_JOB");
    be(&library, ("anna", "a1"));
    let full = FULL.replace("A green tin", "A red tin").replace("Tin of tea", "Red tin");
    library.run(&format!("describe 2 {full}")).expect(ExitCode::Success);
    be(&library, ("li", "shelflife"));
    library.run("approve 2").expect(ExitCode::No);
    be(&library, ("li", "l1"));
    library.run("approve 2").expect(ExitCode::Success);
}

#[test]
fn an_approver_who_is_alone_is_told_to_be_so() {
    let library = described();
    reconfigure(&library, "# approvers = [\"anna\", \"li\"]", "approvers = [\"anna\"]");
    reconfigure(&library, "four_eyes = false", "four_eyes = true");
    let run = library.run("policy check").expect(ExitCode::No);
    assert!(run.stdout.contains("people.approvers"), "{run}");
    reconfigure(&library, "approvers = [\"anna\"]", "approvers = []");
    library.run("policy check").expect(ExitCode::Config);
}

/// What `doctor` says about accounts: the result, and the words.
fn doubted(library: &TestLibrary) -> (String, String) {
    let items = library.run("doctor --format json").expect(ExitCode::Success).json();
    let items = items["items"].as_array().unwrap();
    let row = items.iter().find(|item| item["fields"]["check"] == "accounts").unwrap();
    let text = |field: &str| row["fields"][field].as_str().unwrap().to_owned();
    (text("result"), text("says"))
}

#[test]
fn two_names_from_one_account_are_told_by_doctor_and_refused_nowhere() {
    let library = TestLibrary::scanned(&["green-tea.png"]);
    let none = ("ok".to_owned(), "none has acted under two names".to_owned());
    be(&library, ("olga", "olga"));
    assert_eq!(doubted(&library), none);
    library.add_context("campaign/spring", None);
    be(&library, ("anna", "a1"));
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    be(&library, ("Anna", "a1"));
    library.run("describe 1 --title 'Tin'").expect(ExitCode::Success);
    assert_eq!(doubted(&library), none, "case does not count");
    be(&library, ("li", "a1"));
    library.run("approve 1").expect(ExitCode::Success);
    let says = "under several names acted a1 as Anna, li".to_owned();
    assert_eq!(doubted(&library), ("warning".to_owned(), says));
}
