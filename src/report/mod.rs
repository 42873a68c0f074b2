//! Report -> text, JSON, JUnit, SARIF: one file per format, no verdicts.
