"""Who is who and where is where: pure functions over texts and Polars columns, no Dagster.

Nothing of ours is imported here, nothing is read or written, and today's date is never asked.
A comparison answers with score, level, sentence and the two values, also when nothing agrees.

personnummer   parse, normalise, is_valid, is_dummy, match_birth; parse_series, parse_expr,
               normalise_expr, match_birth_expr; is_valid_sql, is_dummy_sql; check_digit
               org_number, is_org_number, org_number_expr: is an owner a person?
names          compare_names(left, right) -> NameComparison; best_match(name, candidates)
name_batch     compare_columns(frame, left, right); match_names(left, right, on=block)
linkage        link(left, right, PEOPLE), dedupe(people, PEOPLE): by names, birth date and address
name_forms     fold, name_key, name_skeleton and their _expr: what names are blocked by
phones         normalise, normalise_expr: +46…
addresses      free text -> the parts of a Swedish address
resolve        an address -> a dwelling, by key, exactly, or nearly

Import from the module: `from matching import personnummer`. Not here: tables, ids, rules (assets/,
rules/), and anything about sex, origin or age from a number or a name.
"""
