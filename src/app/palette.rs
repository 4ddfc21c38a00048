//! The command line: every command that has a name, found by its first letters.

use tui_input::Input;

use crate::app::filter::distance;
use crate::app::keymap::{Command, Place, in_place, name};

/// The line being typed, and which of the commands that fit is chosen.
#[derive(Debug, Default)]
pub struct Palette {
    /// What is typed.
    pub input: Input,
    /// Which of [`Palette::fitting`].
    pub cursor: usize,
}

/// A command by its name.
#[derive(Debug)]
pub struct Named {
    /// What is typed for it.
    pub name: &'static str,
    /// What it asks for.
    pub command: Command,
    /// A sentence, for those that have no key.
    help: &'static str,
}

macro_rules! named {
    ($($name:literal $command:ident $help:literal;)+) => {
        &[$(Named { name: $name, command: Command::$command, help: $help }),+]
    };
}

/// Every named command.
pub const NAMED: &[Named] = named! {
    "sources"   Sources     "each source: state, age, last error; requests a minute";
    "messages"  Messages    "what was said in this run";
    "scope"     Scope       "only one resource group, project or organisation";
    "ids"       Ids         "mark the rows of pasted ids, or those in a file: ids FILE";
    "drop gone" DropGone    "unmark the rows that are gone";
    "off"       Off         "neither read nor change a connection or platform: off NAME";
    "on"        On          "take it up again: on NAME";
    "theme"     Theme       "colors: theme light, dark, or own for the terminal's own 16";
    "detail"    Pane        "";
    "status"    Statuses    "";
    "login"     SignInAgain "";
    "sort"      Sort        "";
    "batches"   Batches     "";
    "logs"      Logs        "";
    "export"    Save        "";
    "wide"      Wide        "";
    "refresh"   Refresh     "";
    "hold"      Hold        "";
    "mine"      Mine        "";
    "help"      Help        "";
    "q"         Quit        "";
};

impl Named {
    /// What it does, as the help says it, and its key in the list.
    pub fn says(&self) -> (&'static str, String) {
        let binding = in_place(Place::Browse).find(|binding| binding.command == self.command);
        let help = binding.map_or(self.help, |binding| binding.help);
        (help, name(Place::Browse, self.command))
    }

    fn fits(&self, typed: &str) -> bool {
        let argument = typed
            .strip_prefix(self.name)
            .filter(|_| self.takes_argument());
        self.name.starts_with(typed) || argument.is_some_and(|rest| rest.starts_with(' '))
    }

    fn takes_argument(&self) -> bool {
        let takers = [Command::Ids, Command::Off, Command::On, Command::Theme];
        takers.contains(&self.command)
    }
}

impl Palette {
    fn typed(&self) -> &str {
        self.input.value().trim().trim_start_matches(':')
    }

    /// The commands that begin with what is typed.
    pub fn fitting(&self) -> Vec<&'static Named> {
        let all = NAMED.iter();
        all.filter(|named| named.fits(self.typed())).collect()
    }

    /// The chosen command, and what is typed after its name.
    pub fn chosen(&self) -> Option<(Command, String)> {
        let fitting = self.fitting();
        let exact = |named: &&&Named| named.name == self.typed();
        let chosen = fitting.iter().find(exact).or(fitting.get(self.cursor))?;
        let rest = self.typed().strip_prefix(chosen.name).unwrap_or_default();
        Some((chosen.command, rest.trim().to_owned()))
    }

    /// What is said where no command fits, with the one that may have been meant.
    pub fn complaint(&self) -> String {
        let near = NAMED.iter().map(|named| named.name);
        let near = near.min_by_key(|name| distance(self.typed(), name));
        let near = near.filter(|name| distance(self.typed(), name) <= name.len() / 2);
        let meant = near.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
        format!("no such command: `{}`{meant}", self.typed())
    }
}
