//! The command line: every command that has a name, found by its first letters.

use tui_input::Input;

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
    /// One word.
    pub name: &'static str,
    /// What it asks for.
    pub command: Command,
    /// A sentence, for those that have no key.
    help: &'static str,
}

const fn named(name: &'static str, command: Command, help: &'static str) -> Named {
    Named {
        name,
        command,
        help,
    }
}

/// Every named command.
pub const NAMED: &[Named] = &[
    named(
        "sources",
        Command::Sources,
        "each source: state, age, last error; requests a minute",
    ),
    named("messages", Command::Messages, "what was said in this run"),
    named(
        "scope",
        Command::Scope,
        "only one resource group, project or organisation",
    ),
    named("detail", Command::Pane, ""),
    named("status", Command::Statuses, ""),
    named("login", Command::SignInAgain, ""),
    named("sort", Command::Sort, ""),
    named("batches", Command::Batches, ""),
    named("logs", Command::Logs, ""),
    named("export", Command::Save, ""),
    named("wide", Command::Wide, ""),
    named("refresh", Command::Refresh, ""),
    named("hold", Command::Hold, ""),
    named("mine", Command::Mine, ""),
    named("help", Command::Help, ""),
    named("q", Command::Quit, ""),
];

impl Named {
    /// What it does, as the help says it, and its key in the list.
    pub fn says(&self) -> (&'static str, String) {
        let binding = in_place(Place::Browse).find(|binding| binding.command == self.command);
        let help = binding.map_or(self.help, |binding| binding.help);
        (help, name(Place::Browse, self.command))
    }
}

impl Palette {
    /// The commands that begin with what is typed.
    pub fn fitting(&self) -> Vec<&'static Named> {
        let typed = self.input.value().trim().trim_start_matches(':');
        let all = NAMED.iter();
        all.filter(|named| named.name.starts_with(typed)).collect()
    }

    /// The chosen command.
    pub fn chosen(&self) -> Option<Command> {
        let fitting = self.fitting();
        let exact = |named: &&&Named| named.name == self.input.value().trim();
        let chosen = fitting.iter().find(exact).or(fitting.get(self.cursor));
        chosen.map(|named| named.command)
    }
}
