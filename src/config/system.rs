//! What differs between systems: who may read a file, and how a helper is ended with all it started.

pub(super) use self::imp::{apart, end, exposed, shared};

#[cfg(unix)]
mod imp {
    use std::fs::Metadata;
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Signal, kill_process_group};

    /// Reading and writing by the group and by others.
    const FOREIGN_ACCESS: u32 = 0o066;

    /// Set on folders in which everybody may create files.
    const STICKY: u32 = 0o1000;

    /// Whether others than the owner may read or write it.
    pub(in crate::config) fn exposed(metadata: &Metadata) -> bool {
        metadata.permissions().mode() & FOREIGN_ACCESS != 0
    }

    /// Whether it is a folder that belongs to everybody, such as `/tmp`, whose mode nobody should mend.
    pub(in crate::config) fn shared(folder: &Metadata) -> bool {
        folder.permissions().mode() & STICKY != 0 && exposed(folder)
    }

    /// Starts the command in a process group of its own, so that it can be ended whole.
    pub(in crate::config) fn apart(command: &mut Command) {
        command.process_group(0);
    }

    /// Ends a child that was started [`apart`], with everything it started.
    pub(in crate::config) fn end(child: &mut Child) {
        // Neither can fail but for a child that has just ended by itself.
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
        let _ = child.wait();
    }
}

#[cfg(not(unix))]
mod imp {
    use std::fs::Metadata;
    use std::process::{Child, Command};

    /// Whether others than the owner may read or write it: not told by the modes of this system.
    pub(in crate::config) fn exposed(_: &Metadata) -> bool {
        false
    }

    /// As above.
    pub(in crate::config) fn shared(_: &Metadata) -> bool {
        false
    }

    /// Nothing to prepare on this system.
    pub(in crate::config) fn apart(_: &mut Command) {}

    /// Ends the child.
    pub(in crate::config) fn end(child: &mut Child) {
        let _ = child.kill();
        let _ = child.wait();
    }
}
