"""The words of Swedish addresses, as data: abbreviations, units, storeys and broken encodings.

Sources: openvenues/libpostal `resources/dictionaries/sv` (facts, re-created here), sweden.md
section 8, and the practice deliveries. Everything is lower case, composed (NFC) and free of
accents other than å, ä and ö.
"""

from __future__ import annotations

import unicodedata
from functools import cache

# A glued or separate street ending that people abbreviate -> the word it stands for. `pl.` may
# also be plats; plan is what most streets are called, and a wrong guess only fails to match.
SUFFIXES = {
    "g": "gata",
    "v": "väg",
    "gr": "gränd",
    "st": "stig",
    "pl": "plan",
    "al": "alle",
    "bck": "backe",
    "esp": "esplanad",
}

# Definite endings and the bare ending that stands for both in a street key: `Granövägen`,
# `Granöväg` and `Granöv.` are one street. Endings typed without Swedish letters count too.
ENDINGS = {
    "gatan": "gata",
    "vägen": "väg",
    "vagen": "vag",
    "vaegen": "vaeg",
    "gränden": "gränd",
    "granden": "grand",
    "stigen": "stig",
    "planen": "plan",
    "allen": "alle",
    "backen": "backe",
    "esplanaden": "esplanad",
    "torget": "torg",
}

# Words that end in g or v by themselves: `Berg 4` is no gata and `Klev 2` no väg. Before a full
# stop only the common ones count (`Villag.` is Villagatan), and a misspelt väg is no gata.
REAL_WORDS = "berg|borg|burg|skog|torg|äng|stig|steg|krog|hög|v[äa]+g+"
REAL_WORDS_WITHOUT_STOP = (
    f"{REAL_WORDS}|ang|ing|ung|hag|dag|tag|[åä]g|bog|sig|"
    "hov|rev|brev|klev|skev|älv|alv|valv|halv|torv|löv|lov|slev|sav|gav"
)

# Directions and other first words that people shorten. The single letters count only as the
# first word of several: `V Kanalgatan` is västra, `Erik Dahlbergs v` is väg.
DIRECTIONS = {"n": "norra", "s": "södra", "ö": "östra", "v": "västra"}
SHORT_WORDS = {
    r"n:a": "norra",
    r"s:a": "södra",
    r"ö:a": "östra",
    r"v:a": "västra",
    r"n:ra": "norra",
    r"s:t": "sankt",
    r"s:ta": "sankta",
    r"st:a": "stora",
    r"l:a": "lilla",
    r"g:la": "gamla",
    r"gml": "gamla",
    r"n:ya": "nya",
}

UNIT_WORDS = (
    "lägenhetsnummer|lägenhetsnr|lagenhetsnummer|lagenhet|lägenhet|lägh|lghnr|lght|lgh|lght|läg|"
    "lag|lg|bostad|bst|apt|app"
)
STOREY_WORDS = "trappor|trappa|trapp|trpr|trp|tr"
GROUND_FLOOR_WORDS = r"bottenvåningen|bottenvåning|nedre botten|n\.?\s?b\.?|b\.?\s?v\.?"
NUMBER_WORDS = {"en": "1", "två": "2", "tre": "3", "fyra": "4", "fem": "5"}
BOX_WORDS = "box|postbox|pl box|fack|fe"

# Letters whose bytes are often read in the wrong encoding, and the encodings they are read in.
_BROKEN_LETTERS = "åäöÅÄÖéÉèÈüÜæÆøØ\u0308\u030a\u0301\u00a0"
_WRONG_ENCODINGS = ("latin-1", "cp1252", "mac_roman")

ACCENTS = {letter: unicodedata.normalize("NFD", letter)[0] for letter in "éèêëáàâãíìîïóòôõúùûüýÿñç"}
SWEDISH_TO_ASCII = {"å": "a", "ä": "a", "ö": "o"}
SWEDISH_TO_DIGRAPH = {"å": "aa", "ä": "ae", "ö": "oe"}


def _misread(text: str, encoding: str) -> str | None:
    """UTF-8 bytes of `text` read as `encoding`; None where that reading has no such letter."""
    try:
        return text.encode("utf-8").decode(encoding)
    except UnicodeDecodeError:
        return None


@cache
def broken_encodings() -> dict[str, str]:
    """Misread letter sequence -> the letter, for one and two wrong readings, longest first.

    A sequence whose case was changed after the misreading (`Ã¤` -> `ã¤`) is there as well.
    """
    once: dict[str, str] = {}
    twice: dict[str, str] = {}
    for letter in _BROKEN_LETTERS:
        for first in _WRONG_ENCODINGS:
            broken = _misread(letter, first)
            if broken is None:
                continue
            once[broken] = letter
            for second in _WRONG_ENCODINGS:
                broken_again = _misread(broken, second)
                if broken_again is not None:
                    twice[broken_again] = letter
    table: dict[str, str] = {}
    for broken, letter in {**twice, **once}.items():
        for variant in (broken, broken.lower(), broken.upper()):
            table.setdefault(variant, letter)
    return dict(sorted(table.items(), key=lambda entry: (-len(entry[0]), entry[0])))
