"""Assembly, no logic: Dagster definitions, jobs, schedules, sensors, checks and the command line.

What a stage does stands in `assets/`; what a rule or contract says stands in its folder.
"""
