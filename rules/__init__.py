"""Rules: one folder each (rule.yml, signal.sql, examples.yml), and the engine that computes them.

Here belong: what a rule may say (model), how it is read (catalogue), checked (lint), computed
(engine), written out in Swedish (texts) and proved (examples). A new rule touches none of it.
Not here: where the core tables come from, cases and ranking, Dagster (all in `assets/`).
"""
