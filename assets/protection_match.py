"""When two addresses are one entrance and two names one person, for the gate's purposes.

Elsewhere in the product a doubtful match counts for nothing. Here it counts: a row that may be a
protected person's leaves. Only an address that the registers know to be another one stays.
"""

from __future__ import annotations

from string import ascii_lowercase

import duckdb
import polars as pl

from assets.protection_keys import AGENCY_ADDRESS
from matching.addresses import parse_frame
from matching.name_batch import compare_columns
from matching.names import SCORES, Level

# One wrong letter for every four of the street's name, two at most: "Granövägen" and "Granövgäen",
# never "Åsväg" and "Älvväg". A street with another ending is the same where the stem is
# ("Lagmansgatan" for "Lagmansvägen"): people mix them up.
_LETTERS_PER_ERROR, _MOST_ERRORS = 4, 2
_DOUBTFUL_NAME: Level = "other_middle_name"  # the weakest likeness that counts as one name here
TEXTS_AT_ONCE = 300_000
"""Parsed together: some 2 KB of memory each. It bounds memory, not the result."""
_ENDING = "(vag|gata|grand|stig|plan|alle|backe|torg)$"


def create_places(con: duckdb.DuckDBPyConnection) -> None:
    """Parse each distinct landed address once; make `g_line`, `g_street` and `g_place`.

    g_line: one row per distinct address: line (its id), street, number, letter, flat, postcode,
    city, care_of, is_dwelling (a street address, no box), is_agency (the tax agency's).
    g_street: one row per street of them: street, fold, stem, letters.
    g_place: one row per address of a row: row_id, kind, is_register, line, flat (of its own column,
    else of the text), property, care_of (likewise), is_agency.
    """
    con.execute("""
        create or replace temp table g_text as
        select row_number() over () as line, text, postcode, city
        from (select distinct text, postcode, city from g_address where text is not null)
        """)
    [(n_texts,)] = con.sql("select count(*) from g_text").fetchall()
    for first in range(0, max(n_texts, 1), TEXTS_AT_ONCE):
        _parse(con, first, is_first=first == 0)
    con.execute(f"""
        create or replace temp table g_place as
        select row_id, kind, is_register, line, coalesce(address.flat, g_line.flat) as flat,
               property, coalesce(address.care_of, g_line.care_of) as care_of,
               coalesce(g_line.is_agency, false)
                   or coalesce(regexp_matches(address.care_of, '{AGENCY_ADDRESS}'), false)
                   as is_agency
        from g_address as address
        left join g_text on g_text.text = address.text
                        and g_text.postcode is not distinct from address.postcode
                        and g_text.city is not distinct from address.city
        left join g_line using (line)
        """)
    con.execute("drop table g_text")
    con.execute(f"""
        create or replace temp table g_street as
        select street, fold, regexp_replace(fold, '{_ENDING}', '') as stem,
               {_letters("fold")} as letters
        from (select street, strip_accents(street) as fold
              from (select distinct street from g_line where street is not null))
        """)


def _parse(con: duckdb.DuckDBPyConnection, first: int, *, is_first: bool) -> None:
    """Put the next texts into `g_line`."""
    texts = con.sql(
        "from g_text where line > $first and line <= $last",
        params={"first": first, "last": first + TEXTS_AT_ONCE},
    ).pl()
    columns = texts.select("text", "postcode", "city", flat_number=pl.lit(None, pl.String))
    con.register("g_some_text", texts)
    con.register("g_parsed", texts.select("line").hstack(parse_frame(columns)))
    con.execute(f"""
        {"create or replace temp table g_line as" if is_first else "insert into g_line"}
        select g_some_text.line, street_key as street, number, coalesce(letter, '') as letter,
               flat_number as flat, g_parsed.postcode, strip_accents(city_key) as city, care_of,
               kind = 'street' and street_key is not null and number is not null as is_dwelling,
               regexp_matches(concat_ws(' ', text, g_some_text.postcode, g_some_text.city),
                              '{AGENCY_ADDRESS}') as is_agency
        from g_some_text join g_parsed using (line)
        """)
    con.unregister("g_some_text")
    con.unregister("g_parsed")


def near(lines: str) -> str:
    """SQL: (line, other, same_letter) for every landed line that may be the entrance of a line in
    the table `lines`; `same_letter` is false where only one of the two has a letter.

    Exact street and postcode, or a street that the registers do not know at that number and that is
    spelt alike, in the same postcode or post town. Never across house numbers or letters.
    """
    is_near_letter = "(mine.letter = theirs.letter or mine.letter = '' or theirs.letter = '')"
    # Materialised, each asking of what the one before left: nearly every line is near nothing.
    return f"""
        with theirs as materialized (
            select * from g_line semi join {lines} using (line) where is_dwelling
        ),
        street as materialized (
            select mine.street, theirs.street as other
            from g_street as mine
            join (from g_street semi join theirs using (street)) as theirs
              on {_is_alike_street("mine", "theirs")}
        ),
        alike as materialized (
            select mine.line, mine.street, mine.number, mine.letter, mine.postcode,
                   theirs.line as other, theirs.letter as other_letter,
                   theirs.postcode as other_postcode
            from theirs
            join street on street.other = theirs.street
            join g_line as mine on mine.street = street.street and mine.number = theirs.number
            where mine.is_dwelling and {is_near_letter}
              and (mine.postcode = theirs.postcode or mine.city is null or mine.city = theirs.city
                   or damerau_levenshtein(mine.city, theirs.city) <= {_MOST_ERRORS})
        ),
        known as materialized ({_known_entrances("alike")})
        select mine.line, theirs.line as other, mine.letter = theirs.letter as same_letter
        from g_line as mine join theirs using (street, number, postcode)
        where mine.is_dwelling and {is_near_letter}
        union
        select line, other, letter = other_letter
        from alike anti join known using (street, number, letter, postcode)
        union
        select line, other, letter = other_letter from alike where other_postcode is null
        """


def _known_entrances(lines: str) -> str:
    """SQL: (street, number, letter, postcode) of the streets and numbers of `lines` that are an
    entrance in the dwelling register, or in the population register on a property that the
    dwelling register lacks.
    """
    return f"""
        select distinct street, number, letter, postcode
        from (from g_line semi join {lines} using (street, number)) join g_place using (line)
        where is_dwelling and (kind = 'dwelling' or (kind = 'registered' and property not in
            (select property from g_place where kind = 'dwelling' and property is not null)))"""


def is_same_house(mine: str, theirs: str) -> str:
    """SQL: whether two rows of g_line, each with its `<name>_street` of g_street, are one house
    number on streets that are spelt alike.
    """
    same = " and ".join(f"{mine}.{part} = {theirs}.{part}" for part in ("number", "letter"))
    return f"({same} and {_is_alike_street(f'{mine}_street', f'{theirs}_street')})"


def _is_alike_street(mine: str, theirs: str) -> str:
    errors = f"least({_MOST_ERRORS}, length({theirs}.fold) // {_LETTERS_PER_ERROR})"
    # One error adds a letter of the alphabet at most and takes one away: this says no to nearly
    # every pair of streets, and counting the errors takes far longer.
    may_be = f"bit_count(xor({mine}.letters, {theirs}.letters)) <= {2 * _MOST_ERRORS}"
    return f"""(({may_be} and damerau_levenshtein({mine}.fold, {theirs}.fold) <= {errors})
               or ({mine}.stem = {theirs}.stem and length({mine}.stem) >= {_LETTERS_PER_ERROR}))"""


def _letters(text: str) -> str:
    """SQL: which letters of the alphabet the text has, one bit each."""
    bits = (f"(contains({text}, '{a}')::integer << {at})" for at, a in enumerate(ascii_lowercase))
    return " + ".join(bits)


def same_names(pairs: pl.DataFrame) -> pl.DataFrame:
    """The rows of (name, other) that may be one name, whatever the order, spelling or initials.

    Asked only of names that already share an address or a birth date.
    """
    scores = compare_columns(pairs, "name", "other")["score"]
    return pairs.filter(scores >= SCORES[_DOUBTFUL_NAME])


def name_key(name: str) -> str:
    """SQL: the first and the last word of a name, folded and in alphabetical order.

    The key by which a name is remembered between nights, and by which a neighbour is recognised.
    """
    plain = f"regexp_replace(lower(strip_accents({name})), '[^a-z]+', ' ', 'g')"
    words = f"string_split(trim({plain}), ' ')"
    key = f"array_to_string(list_sort(list_distinct([{words}[1], {words}[-1]])), ' ')"
    return f"nullif({key}, '')"
