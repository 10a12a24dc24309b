"""When two addresses are one entrance and two names one person, for the gate's purposes.

Elsewhere in the product a doubtful match counts for nothing. Here it counts: a row that may be a
protected person's leaves. Only an address that the registers know to be another one stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import duckdb
import polars as pl
from rapidfuzz.distance import OSA

from assets.protection_keys import AGENCY_ADDRESS
from matching.addresses import parse_frame

# One wrong letter for every four of the street's name, two at most: "Granövägen" and "Granövgäen",
# never "Åsväg" and "Älvväg". A street with another ending is the same where the stem is
# ("Lagmansgatan" for "Lagmansvägen"): people mix them up.
_LETTERS_PER_ERROR, _MOST_ERRORS = 4, 2
_ENDING = "(vag|gata|grand|stig|plan|alle|backe|torg)$"


def create_places(con: duckdb.DuckDBPyConnection) -> None:
    """Parse each distinct landed address once; make `g_line` and `g_place`.

    g_line: one row per distinct address: line (its id), street, fold, stem, number, letter, flat,
    postcode, city, is_dwelling (a street address, no box), is_known (an entrance in the registers).
    g_place: one row per address of a row: row_id, kind, is_register, line, flat (of its own column,
    else of the text), property.
    """
    texts = con.sql("""
        select row_number() over (order by text, postcode, city) as line, text, postcode, city
        from (select distinct text, postcode, city from g_address where text is not null)
        order by line
        """).pl()
    columns = texts.select("text", "postcode", "city", flat_number=pl.lit(None, pl.String))
    con.register("g_text", texts)
    con.register("g_parsed", texts.select("line").hstack(parse_frame(columns)))
    con.execute(f"""
        create or replace temp table g_entrance as
        select g_text.line, street_key as street, strip_accents(street_key) as fold,
               regexp_replace(strip_accents(street_key), '{_ENDING}', '') as stem,
               number, coalesce(letter, '') as letter, flat_number as flat, g_parsed.postcode,
               strip_accents(city_key) as city,
               kind = 'street' and street_key is not null and number is not null as is_dwelling,
               regexp_matches(concat_ws(' ', text, g_text.postcode, g_text.city),
                              '{AGENCY_ADDRESS}') as is_agency
        from g_text join g_parsed using (line)
        """)
    con.execute("""
        create or replace temp table g_place as
        select row_id, kind, is_register, line, coalesce(address.flat, g_entrance.flat) as flat,
               property, address.is_agency or coalesce(g_entrance.is_agency, false) as is_agency
        from g_address as address
        left join g_text on g_text.text = address.text
                        and g_text.postcode is not distinct from address.postcode
                        and g_text.city is not distinct from address.city
        left join g_entrance using (line)
        """)
    con.unregister("g_text")
    con.unregister("g_parsed")
    con.execute("""
        create or replace temp table g_line as
        with known as (
            select distinct street, number, letter, postcode
            from g_entrance semi join (from g_place where kind in ('dwelling', 'registered'))
              using (line)
            where is_dwelling
        )
        select g_entrance.*, known.street is not null as is_known
        from g_entrance left join known using (street, number, letter, postcode)
        """)
    con.execute("""
        create or replace temp view g_placed_person as
        select g_person.*, g_place.* exclude (row_id)
        from g_place join g_owner using (kind) join g_person using (row_id, slot)
        """)


def near(lines: str) -> str:
    """SQL: (line, other, same_letter) for every landed line that may be the entrance of a line in
    the table `lines`; `same_letter` is false where only one of the two has a letter.

    Exact street and postcode, or a street that the registers do not know at that number and that is
    spelt alike, in the same postcode or post town. Never across house numbers or letters.
    """
    columns = "mine.line, theirs.line as other, mine.letter = theirs.letter as same_letter"
    letters = "(mine.letter = theirs.letter or mine.letter = '' or theirs.letter = '')"
    errors = f"least({_MOST_ERRORS}, length(theirs.fold) // {_LETTERS_PER_ERROR})"
    # Materialised, or DuckDB compares the spelling of every street before it asks whose it is.
    return f"""
        with theirs as materialized (
            select * from g_line semi join {lines} using (line) where is_dwelling
        )
        select {columns}
        from g_line as mine join theirs using (street, number, postcode)
        where mine.is_dwelling and {letters}
        union
        select {columns}
        from g_line as mine join theirs using (number)
        where mine.is_dwelling and (not mine.is_known or theirs.postcode is null) and {letters}
          and (mine.postcode = theirs.postcode or mine.city is null
               or damerau_levenshtein(mine.city, theirs.city) <= {_MOST_ERRORS})
          and (damerau_levenshtein(mine.fold, theirs.fold) <= {errors}
               or (mine.stem = theirs.stem and length(mine.stem) >= {_LETTERS_PER_ERROR}))
        """


def is_one_name(one: str, other: str) -> bool:
    """Whether the shorter name may be the longer one, whatever the order, spelling or initials.

    At least two of its words have their like in the longer name, and no word lacks one. Asked only
    of names that already share an address or a birth date.
    """
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    if len(shorter) < 2:
        return False
    left = list(longer)
    whole_words = 0
    for word in shorter:
        match = next((known for known in left if _is_alike(word, known)), None)
        if match is None:
            return False
        left.remove(match)
        whole_words += len(word) > 1 and len(match) > 1
    return whole_words >= 1


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    """The name's words without case and accents, longest first so that initials come last."""
    plain = unicodedata.normalize("NFD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(sorted(re.findall(r"[^\W\d_]+", letters), key=lambda word: (-len(word), word)))


def _is_alike(word: str, known: str) -> bool:
    if len(word) == 1 or len(known) == 1:
        return word[0] == known[0]
    longest = max(len(word), len(known))
    return OSA.distance(word, known) <= min(_MOST_ERRORS, longest // _LETTERS_PER_ERROR)


def name_key(name: str) -> str:
    """SQL: the first and the last word of a name, folded and in alphabetical order.

    The key by which a name is remembered between nights, and by which a neighbour is recognised.
    """
    plain = f"regexp_replace(lower(strip_accents({name})), '[^a-z]+', ' ', 'g')"
    words = f"string_split(trim({plain}), ' ')"
    key = f"array_to_string(list_sort(list_distinct([{words}[1], {words}[-1]])), ' ')"
    return f"nullif({key}, '')"
