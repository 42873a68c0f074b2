//! Services that watch: Config, CloudTrail, GuardDuty, Security Hub, Access Analyzer.
