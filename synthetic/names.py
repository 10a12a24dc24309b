"""Names, and how landlords spell them. A name is an index into `NAMES` until it is written."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.randomness import Bools, Ints, pick

ORIGINS = ("nordic", "syriac", "other", "finnish")
ORIGIN_SHARES = (0.53, 0.26, 0.13, 0.08)  # roughly Södertälje

_WORDS: dict[str, dict[str, str]] = {
    "nordic": {
        "K": (
            "Anna Elin Kristina Maria Sara Karin Lena Eva Ulla Kerstin Åsa Sofia Matilda "
            "Helena Johanna Signe Camilla Ida Ingrid Birgitta Märta Frida Linnéa Astrid Ebba "
            "Malin Emma Wilma Alva Hanna Margareta Linda Annika Gunilla Maj-Britt Ellen Tove "
            "Cecilia Pernilla"
        ),
        "M": (
            "Erik Lars Karl Anders Johan Per Nils Jan Mikael Håkan Viktor Gustav Emil Hugo "
            "Liam Östen Åke Björn Göran Stefan Thomas Magnus Mattias Fredrik Henrik Rolf "
            "Oskar Jonas Axel Elias Simon Peter Sven Ulf Kjell Lars-Erik Filip Ludvig Rasmus"
        ),
        "L": (
            "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson "
            "Gustafsson Lindberg Lindqvist Lindström Bergström Söderström Sandberg Åberg "
            "Öberg Sjöberg Hallberg Hedlund Wallin Ek Norén Nyström Engström Forsberg "
            "Holmgren Lundgren Bergqvist Söderberg Björk Åkesson Berg Skog Granat Strömqvist "
            "Ahlgren Wikström Öhman Älvgren"
        ),
    },
    "syriac": {
        "K": (
            "Mariam Maryam Febronia Ninwe Jacqueline Zeina Rima Hoda Layla Fatima Samira Amal "
            "Nour Yara Rania Salma Suad Marina Sabrina Christina Atour Shamiram Linda Nahrin "
            "Dunya"
        ),
        "M": (
            "Gabriel Sargon Ninos Abboud Josef Yousef Elias Isa Georges Naim Fadi Samir "
            "Khaled Ibrahim Mohammed Ahmad Omar Ali Hassan Afram Antoine Shamoun Sherbel Aday "
            "Simon"
        ),
        "L": (
            "Barsom Murad Touma Hanna Aydin Cakici Malki Melki Gergeo Ishak Demir Chamoun "
            "Haddad Khoury Yacoub Jacob Abdulahad Aslan Issa Said Sayed Hasan Al-Hassan "
            "Yousef Afram Kaplan Özmen Can Bahnan Gabro"
        ),
    },
    "other": {
        "K": (
            "Katarzyna Agnieszka Natalia Aleksandra Ioana Mihaela Olena Iryna Amra Jasmina "
            "Selam Hodan Ayaan Adanna Teresa Camila Thuy Malee Priya Zofia"
        ),
        "M": (
            "Krzysztof Andrzej Bogdan Ion Mihai Oleksandr Dragan Goran Zoran Abdi Tesfay "
            "Carlos Somchai Nguyen Samuel Marek Raj Emeka Luka Dmytro"
        ),
        "L": (
            "Kowalski Nowak Popescu Ionescu Petrović Hodžić Begić Kaya Yilmaz Abdi Tesfay Ali "
            "Okafor Garcia Nguyen Tran Shevchenko Singh Wiśniewska Kovač"
        ),
    },
    "finnish": {
        "K": "Tuula Anneli Marjatta Kaisa Aino Sirpa Merja Päivi Ritva Helmi",
        "M": "Matti Jukka Antti Heikki Veikko Reijo Seppo Jari Juhani Esko",
        "L": (
            "Virtanen Korhonen Nieminen Mäkinen Mäkelä Hämäläinen Laine Heikkinen Koskinen "
            "Järvinen Lehtonen Salminen"
        ),
    },
}
"""Per origin: women's first names (K), men's (M) and last names (L)."""

NAMES: list[str] = []
_RANGE: dict[tuple[str, str], tuple[int, int]] = {}
for _origin, _parts in _WORDS.items():
    for _part, _text in _parts.items():
        _RANGE[(_origin, _part)] = (len(NAMES), len(NAMES) + len(_text.split()))
        NAMES.extend(_text.split())

VARIANTS = {
    "Mohammed": ("Muhammed", "Mohamed"),
    "Mariam": ("Maryam", "Miriam"),
    "Maryam": ("Mariam",),
    "Christina": ("Kristina",),
    "Kristina": ("Christina",),
    "Karl": ("Carl",),
    "Josef": ("Joseph", "Yousef"),
    "Yousef": ("Youssef", "Josef"),
    "Isa": ("Issa",),
    "Issa": ("Isa",),
    "Hassan": ("Hasan",),
    "Hasan": ("Hassan",),
    "Sara": ("Sarah",),
    "Sofia": ("Sophia",),
    "Erik": ("Eric",),
    "Viktor": ("Victor",),
    "Oskar": ("Oscar",),
    "Filip": ("Philip",),
    "Mikael": ("Michael", "Mikeal"),
    "Johan": ("John",),
    "Lindqvist": ("Lindkvist",),
    "Bergqvist": ("Bergkvist", "Berqvist"),
    "Strömqvist": ("Strömkvist",),
    "Gustafsson": ("Gustavsson",),
    "Eriksson": ("Ericsson",),
    "Karlsson": ("Carlsson",),
    "Norén": ("Noren",),
    "Linnéa": ("Linnea",),
    "Åberg": ("Aaberg",),
    "Khoury": ("Khouri", "Elkhoury"),
    "Yacoub": ("Jakob", "Yakoub"),
    "Said": ("Saeed",),
    "Cakici": ("Çakici",),
    "Aslan": ("Arslan",),
    "Al-Hassan": ("Alhassan", "Al Hassan"),
    "Petrović": ("Petrovic",),
    "Oleksandr": ("Alexander",),
    "Natalia": ("Nataliya",),
    "Katarzyna": ("Katarina",),
    "Mäkelä": ("Makela",),
}
"""Other spellings that other registers use for the same name."""

_INDEX = {name: i for i, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Pool:
    """First and last indexes per origin, for vectorised draws."""

    start: Ints
    size: Ints

    @classmethod
    def of(cls, part: str) -> Pool:
        """`part` is K (women's first names), M (men's) or L (last names)."""
        ranges = [_RANGE[(origin, part)] for origin in ORIGINS]
        return cls(np.array([a for a, _ in ranges]), np.array([b - a for a, b in ranges]))

    def draw(self, rng: np.random.Generator, origin: Ints) -> Ints:
        """One name index per row, from that row's origin."""
        return self.start[origin] + np.floor(rng.random(origin.size) * self.size[origin]).astype(
            np.int64
        )


WOMEN, MEN, LAST = Pool.of("K"), Pool.of("M"), Pool.of("L")


def origins(rng: np.random.Generator, n: int) -> Ints:
    """Origin codes (positions in `ORIGINS`): used for names and fairness, never for stories."""
    codes: Ints = pick(rng, range(len(ORIGINS)), ORIGIN_SHARES, n).astype(np.int64)
    return codes


def first_names(rng: np.random.Generator, origin: Ints, is_male: Bools) -> Ints:
    return np.where(is_male, MEN.draw(rng, origin), WOMEN.draw(rng, origin))


def last_names(rng: np.random.Generator, origin: Ints) -> Ints:
    return LAST.draw(rng, origin)


def index_of(name: str) -> int:
    """The index of a name in `NAMES`."""
    return _INDEX[name]


def variant(name: str, draw: float) -> str:
    """Another spelling of the name if there is one; `draw` in [0, 1) chooses."""
    others = VARIANTS.get(name)
    return others[int(draw * len(others))] if others else name
