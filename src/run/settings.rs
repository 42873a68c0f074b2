//! Flags over driftline.toml over defaults.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Check, Files, Frameworks, Mapped, Profiles};
use crate::cli::{GlobalArgs, SelectionArgs};
use crate::config::{self, Config};
use crate::text::{self, Diagnostic, Glob, did_you_mean};

use super::{Stop, files, terminal};

/// The configuration, and where it came from.
pub(super) struct Settings {
    pub config: Config,
    path: Option<PathBuf>,
    /// Where the files are that stand beside it; none where no file counts.
    folder: Option<PathBuf>,
}

impl Settings {
    pub fn load(global: &GlobalArgs) -> Result<Settings, Stop> {
        let path = match (&global.config, global.no_config) {
            (_, true) => None,
            (Some(path), _) => Some(path.clone()),
            (None, false) => discover(),
        };
        let Some(path) = path else {
            // Without a configuration its companions lie in the working directory.
            let folder = (!global.no_config).then(PathBuf::new);
            return Ok(Settings { config: Config::default(), path: None, folder });
        };
        let (config, diagnostics) = config::read(files::read_source(&path)?);
        refuse(global, diagnostics)?;
        let folder = path.parent().map(Path::to_owned);
        Ok(Settings { config, path: Some(path), folder })
    }

    /// Defaults alone.
    #[cfg(feature = "aws")]
    pub fn none() -> Settings {
        Settings { config: Config::default(), path: None, folder: None }
    }

    /// The path of a file beside the configuration; none if nothing beside it counts.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(name))
    }

    /// Says which file counts: a run that behaves oddly mostly read another one than its user thinks.
    pub fn tell(&self, global: &GlobalArgs) {
        if let Some(path) = &self.path {
            terminal::note(global, &format!("configuration: {}", path.display()));
        }
    }

    /// The built-in checks and the user's, and what lies beside them; nothing selected and nothing set yet.
    pub fn files(&self, global: &GlobalArgs, directories: &[PathBuf]) -> Result<Loaded, Stop> {
        let base = self.path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let of_config = self.config.scan.check_directories.iter().map(|directory| base.join(directory));
        let (mut catalog, mut profiles) = (Catalog::embedded(), Profiles::embedded());
        let mut frameworks = Frameworks::embedded();
        // Those that come with driftline are held by a test; a user's check of one's id may lack what they speak of.
        let (mut own_profiles, mut own_frameworks) = (Profiles::default(), Frameworks::default());
        let mut diagnostics = Vec::new();
        for directory in of_config.chain(directories.iter().cloned()) {
            let files = Files::sort(files::toml_sources(&directory)?);
            let (checks, mistakes) = Catalog::parse(files.checks);
            catalog = catalog.overlay(checks);
            diagnostics.extend(mistakes);
            let (more, mistakes) = Profiles::parse(files.profiles);
            own_profiles = own_profiles.overlay(more);
            diagnostics.extend(mistakes);
            let (more, mistakes) = Frameworks::parse(files.frameworks);
            own_frameworks = own_frameworks.overlay(more);
            diagnostics.extend(mistakes);
        }
        self.config.profiles.iter().for_each(|profile| own_profiles.insert(profile.clone()));
        diagnostics.extend(own_frameworks.mistakes(&catalog));
        frameworks = frameworks.overlay(own_frameworks);
        diagnostics.extend(own_profiles.mistakes(&catalog, &frameworks));
        profiles = profiles.overlay(own_profiles);
        refuse(global, diagnostics)?;
        Ok(Loaded { catalog, profiles, frameworks })
    }

    /// The built-in checks and the user's, with the user's settings, and of them the selected ones.
    pub fn catalog(&self, global: &GlobalArgs, selection: &SelectionArgs) -> Result<Catalog, Stop> {
        let Loaded { mut catalog, profiles, frameworks } = self.files(global, &selection.directories)?;
        let scan = &self.config.scan;
        let names = or(&selection.check_profiles, &scan.check_profiles);
        let mut of_profiles = BTreeSet::new();
        for name in &names {
            of_profiles.extend(profiles.checks(name, &catalog, &frameworks).map_err(Stop::usage)?);
        }
        let patterns = or(&selection.frameworks, &scan.frameworks);
        let mut mapped: BTreeMap<&str, Mapped> = BTreeMap::new();
        for pattern in &patterns {
            for framework in frameworks.named(pattern).map_err(Stop::usage)? {
                mapped.insert(&framework.id, framework.map(&catalog));
            }
        }
        let mapped: Vec<Mapped> = mapped.into_values().collect();
        let of_frameworks: BTreeSet<String> =
            mapped.iter().flat_map(|one| one.all_checks(None)).map(str::to_owned).collect();
        let tags = or(&selection.tags, &scan.tags);
        known_tags(&catalog, &tags)?;

        let overrides = profiles.overrides(&names, &self.config.checks);
        let (with, mistakes) = catalog.with_overrides(&overrides);
        catalog = with;
        refuse(global, mistakes)?;
        catalog.tell_by(mapped);

        let wanted = globs(&catalog, &or(&selection.checks, &scan.checks))?;
        let mut unwanted = globs(&catalog, &selection.exclude_checks)?;
        unwanted.extend(globs(&catalog, &scan.exclude_checks)?);
        let matches = |globs: &[Glob], check: &Check| globs.iter().any(|glob| glob.matches(check.id.as_str()));
        catalog.retain(|check| {
            (wanted.is_empty() || matches(&wanted, check))
                && !matches(&unwanted, check)
                && (names.is_empty() || of_profiles.contains(&check.id))
                && (patterns.is_empty() || of_frameworks.contains(check.id.as_str()))
                && (tags.is_empty() || check.tags.iter().any(|tag| tags.contains(tag)))
                && selection.severity.is_none_or(|least| check.severity >= least)
        });
        if catalog.is_empty() {
            return Err(Stop::usage("no check is left: the selection excludes them all"));
        }
        Ok(catalog)
    }

    /// The checks of a profile, less those that the configuration excludes.
    pub fn profile(&self, global: &GlobalArgs, name: &str, directories: &[PathBuf]) -> Result<Catalog, Stop> {
        let Loaded { catalog, profiles, frameworks } = self.files(global, directories)?;
        let wanted = profiles.checks(name, &catalog, &frameworks).map_err(Stop::usage)?;
        let overrides = profiles.overrides(&[name.to_owned()], &self.config.checks);
        let (mut catalog, mistakes) = catalog.with_overrides(&overrides);
        refuse(global, mistakes)?;
        let unwanted = globs(&catalog, &self.config.scan.exclude_checks)?;
        catalog
            .retain(|check| wanted.contains(&check.id) && !unwanted.iter().any(|glob| glob.matches(check.id.as_str())));
        if catalog.is_empty() {
            return Err(Stop::usage(format!(
                "no check of the profile `{name}` is left: the configuration excludes or disables them all"
            )));
        }
        Ok(catalog)
    }
}

/// Everything that lies in folders of checks.
pub(super) struct Loaded {
    pub catalog: Catalog,
    pub profiles: Profiles,
    pub frameworks: Frameworks,
}

/// The flags, all of them together, or else the file's list.
fn or<T: Clone>(flags: &[T], file: &[T]) -> Vec<T> {
    if flags.is_empty() { file.to_vec() } else { flags.to_vec() }
}

/// Each tag has to be some check's.
fn known_tags(catalog: &Catalog, tags: &[String]) -> Result<(), Stop> {
    let known: BTreeSet<&str> = catalog.checks().flat_map(|check| check.tags.iter().map(String::as_str)).collect();
    match tags.iter().find(|tag| !known.contains(tag.as_str())) {
        None => Ok(()),
        Some(tag) => {
            let near = did_you_mean(tag, known.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_else(|| match known.is_empty() {
                true => "; no check has any".to_owned(),
                false => format!("; there are {}", text::list(known.iter().copied())),
            });
            Err(Stop::usage(format!("no check has the tag `{tag}`{near}")))
        }
    }
}

/// Patterns, each of which some check has to match.
fn globs(catalog: &Catalog, patterns: &[String]) -> Result<Vec<Glob>, Stop> {
    let mut globs = Vec::new();
    for pattern in patterns {
        let glob = Glob::new(pattern.as_str());
        let disabled = catalog.disabled().keys().map(|id| id.as_str());
        let known: Vec<&str> = catalog.checks().map(|check| check.id.as_str()).chain(disabled).collect();
        if !known.iter().any(|id| glob.matches(id)) {
            let near = did_you_mean(pattern, known).map(|near| format!("; did you mean `{near}`?"));
            let near = near.unwrap_or_else(|| "; `driftline checks list` names them all".to_owned());
            return Err(Stop::usage(format!("no check is named `{pattern}`{near}")));
        }
        globs.push(glob);
    }
    Ok(globs)
}

/// Ends the run if there is a mistake among these, with all of them; tells them otherwise.
pub(super) fn refuse(global: &GlobalArgs, diagnostics: Vec<Diagnostic>) -> Result<(), Stop> {
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Stop::Mistakes(text::render(&diagnostics, terminal::stderr_color(global))));
    }
    for diagnostic in &diagnostics {
        terminal::note(global, &diagnostic.render(terminal::stderr_color(global)));
    }
    Ok(())
}

/// `./driftline.toml`, `.github/driftline.toml`, the same in each folder up to
/// the repository's root, then the user's own.
fn discover() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    for folder in here.ancestors() {
        for name in ["driftline.toml", ".github/driftline.toml"] {
            let path = folder.join(name);
            if path.is_file() {
                return Some(path);
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(home.join("driftline/config.toml")).filter(|path| path.is_file())
}

#[cfg(feature = "aws")]
mod live {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use crate::arn::AccountId;
    use crate::cli::TargetArgs;
    use crate::collect::Limits;
    use crate::config::targets::{AccountSelection, RegionSelection, RoleName, RoleSettings, Targets};

    use super::{Settings, Stop, or};

    fn accounts(ids: &[String]) -> Result<BTreeSet<AccountId>, Stop> {
        ids.iter().map(|id| id.parse().map_err(|error: crate::arn::ArnError| Stop::usage(error.to_string()))).collect()
    }

    impl Settings {
        pub fn targets(&self, flags: &TargetArgs) -> Result<Targets, Stop> {
            let file = &self.config.targets;
            let units = or(&flags.organizational_units, &file.organizational_units);
            let flag_tags = flags.account_tags.iter().map(|tag| match tag.split_once('=') {
                Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
                None => Err(Stop::usage(format!("`{tag}` is no KEY=VALUE"))),
            });
            let tags = or(&flag_tags.collect::<Result<Vec<_>, _>>()?, &file.account_tags);
            let of_organization = flags.org || !flags.organizational_units.is_empty() || !flags.account_tags.is_empty();
            let in_file = file.organization.unwrap_or(!units.is_empty() || !tags.is_empty());
            let accounts_selected = if !flags.accounts.is_empty() {
                AccountSelection::Listed(accounts(&flags.accounts)?)
            } else if of_organization || (in_file && file.accounts.is_empty()) {
                AccountSelection::Organization { organizational_units: units, tags }
            } else if !file.accounts.is_empty() {
                AccountSelection::Listed(accounts(&file.accounts)?)
            } else {
                AccountSelection::Current
            };
            let exclude_accounts = accounts(&or(&flags.exclude_accounts, &file.exclude_accounts))?;
            let regions = RegionSelection::new(
                &or(&flags.regions, &file.regions),
                &or(&flags.exclude_regions, &file.exclude_regions),
            )
            .map_err(Stop::usage)?;
            Ok(Targets { accounts: accounts_selected, exclude_accounts, regions, role: self.role(flags)? })
        }

        fn role(&self, flags: &TargetArgs) -> Result<Option<RoleSettings>, Stop> {
            let file = &self.config.targets;
            let Some(role) = flags.role.as_ref().or(file.role.as_ref()) else {
                if flags.external_id.is_some() || !flags.role_via.is_empty() {
                    return Err(Stop::usage("--external-id and --role-via belong to a role: name it with --role"));
                }
                return Ok(None);
            };
            let via = or(&flags.role_via, &file.role_via);
            let via =
                via.iter().map(|arn| arn.parse().map_err(|error: crate::arn::ArnError| Stop::usage(error.to_string())));
            Ok(Some(RoleSettings {
                via: via.collect::<Result<_, _>>()?,
                external_id: flags.external_id.clone().or_else(|| file.external_id.clone()),
                session_name: flags
                    .session_name
                    .clone()
                    .or_else(|| file.session_name.clone())
                    .unwrap_or_else(|| RoleSettings::DEFAULT_SESSION_NAME.to_owned()),
                duration_seconds: file.duration_seconds.unwrap_or(RoleSettings::DEFAULT_DURATION_SECONDS),
                ..RoleSettings::new(RoleName::parse(role).map_err(Stop::usage)?)
            }))
        }

        pub fn limits(&self, flags: &TargetArgs) -> Limits {
            let (file, default) = (&self.config.limits, Limits::default());
            let seconds = |set: Option<u64>, default: Duration| set.map_or(default, Duration::from_secs);
            Limits {
                max_in_flight: flags.max_concurrency.or(file.max_in_flight).unwrap_or(default.max_in_flight).max(1),
                max_in_flight_per_account: file.max_in_flight_per_account.unwrap_or(default.max_in_flight_per_account),
                max_accounts: file.max_accounts.unwrap_or(default.max_accounts),
                max_attempts: file.max_attempts.unwrap_or(default.max_attempts),
                attempt_timeout: seconds(file.attempt_timeout_seconds, default.attempt_timeout),
                call_timeout: seconds(file.call_timeout_seconds, default.call_timeout),
                politeness: flags.politeness.or(file.politeness).unwrap_or(default.politeness),
                ..default
            }
        }
    }
}
