//! The accounts as they are now: read once, or again and again until all is well or the time is up.

use std::path::Path;

use crate::cli::{GlobalArgs, VerifyArgs};
use crate::collect::Environment;
use crate::run::checkpoint::Finished;
use crate::run::collect::{self, Keep, Patience};
use crate::run::diff::Compared;
use crate::run::settings::Settings;
use crate::run::{Stop, exit, save, terminal};

use super::{Asked, Told, finish, look, verdicts};

/// What a report names where what was read is not kept.
const LIVE: &str = "live";

pub(super) fn run(global: &GlobalArgs, args: &VerifyArgs, settings: &Settings, asked: &Asked<'_>) -> Result<u8, Stop> {
    let targets = settings.targets(&args.targets)?;
    if let Some(path) = &args.save_snapshot {
        save::check_writable(path)?;
    }
    settings.tell(global);
    let environment =
        Environment::User { profile: args.targets.profile.clone().or_else(|| settings.config.profile.clone()) };
    let mut patience = Patience::new(args.wait);
    let mut first = true;
    loop {
        patience.begin();
        let read = collect::collect(global, &targets, &environment, settings.limits(&args.targets), &Keep::Nowhere);
        let collected = match read {
            Ok(collected) => collected,
            // It was possible a moment ago, and may be again.
            Err(Stop::Runtime(why)) if !first => {
                let Some(pause) = patience.next() else { return Err(Stop::Runtime(why)) };
                terminal::warn(global, &format!("{why}; {}", patience.in_words(pause)));
                if collect::pause(pause)? {
                    return Err(Stop::Interrupted);
                }
                continue;
            }
            Err(stop) => return Err(stop),
        };
        if collected.interrupted {
            return collect::interrupted(global, collected.finished, &Keep::Nowhere);
        }
        first = false;
        let Finished { snapshot, checkpoint, .. } = collected.finished;
        let path = args.save_snapshot.as_deref().unwrap_or(Path::new(LIVE));
        let told = look(asked, Compared { path, snapshot: &snapshot })?;
        let end = |told: &Told<'_>, code| {
            if let Some(path) = &args.save_snapshot {
                save::save_snapshot(path, &snapshot)?;
            }
            finish(global, args, told, code)
        };
        let pause = if told.is_well() { None } else { patience.next() };
        let Some(pause) = pause else { return end(&told, None) };
        terminal::note(global, &format!("{}; {}", verdicts(&told), patience.in_words(pause)));
        if collect::pause(pause)? {
            return end(&told, Some(exit::INTERRUPTED));
        }
        drop(told);
        checkpoint.discard();
    }
}
