//! Outputs kept apart from what is read, before anything is done.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// Refuses an output that is one of the inputs or another output, under whichever name, that lies in a folder which isn't there, or
/// that is a folder itself.
pub fn apart(outputs: &[&Path], inputs: &[&Path]) -> Result<(), Error> {
    for (at, output) in outputs.iter().enumerate() {
        let folder = folder_of(output);
        if !folder.is_dir() {
            return Err(Error::NoFolder { path: (*output).to_owned(), folder: folder.to_owned() });
        }
        if output.is_dir() {
            return Err(Error::IsFolder { path: (*output).to_owned() });
        }
        if let Some(input) = inputs.iter().find(|input| same(output, input)) {
            return Err(Error::Overwrites { path: (*output).to_owned(), other: (*input).to_owned() });
        }
        if let Some(other) = outputs[..at].iter().find(|other| same(output, other)) {
            return Err(Error::TwoOutputs { path: (*output).to_owned(), other: (*other).to_owned() });
        }
    }
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two paths lead to one file, be it there already or not.
fn same(one: &Path, other: &Path) -> bool {
    // A file that isn't there yet is known by its folder and name.
    let place = |path: &Path| -> Option<PathBuf> {
        path.canonicalize().ok().or_else(|| Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?)))
    };
    place(one).is_some_and(|one| place(other) == Some(one)) || linked(one, other)
}

/// Two names of one file on the disk.
#[cfg(unix)]
fn linked(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let mark =
        |path: &Path| std::fs::metadata(path).ok().filter(|m| m.is_file()).map(|found| (found.dev(), found.ino()));
    mark(one).is_some_and(|one| mark(other) == Some(one))
}

#[cfg(not(unix))]
fn linked(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_no_input_under_any_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("in.csv"), "x").expect("written");
        std::fs::create_dir(at("sub")).expect("made");
        std::fs::hard_link(at("in.csv"), at("hard.csv")).expect("linked");
        let input = at("in.csv");
        for name in ["in.csv", "sub/../in.csv", "hard.csv"] {
            assert!(matches!(apart(&[&at(name)], &[&input]), Err(Error::Overwrites { .. })), "{name}");
        }
        let new = at("new.csv");
        assert!(apart(&[&new], &[&input]).is_ok());
        assert!(matches!(apart(&[&new, &at("sub/../new.csv")], &[&input]), Err(Error::TwoOutputs { .. })));
        assert!(matches!(apart(&[&at("none/new.csv")], &[]), Err(Error::NoFolder { .. })));
        assert!(matches!(apart(&[&at("sub")], &[]), Err(Error::IsFolder { .. })));
        assert!(!at("none").exists());
    }
}
