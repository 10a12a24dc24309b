"""Names and streets for invented people, drawn about as unevenly as in Sweden.

The commonest surname has two in a hundred people, the commonest given name about as many of its
sex; half of all people have a surname from a long tail.
"""

from __future__ import annotations

import numpy as np


def _words(text: str) -> list[str]:
    return text.split()


SONS = _words(
    "Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson "
    "Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Petersson Carlsson Magnusson Olofsson "
    "Axelsson Jakobsson Mattsson Fredriksson Danielsson Henriksson Gunnarsson Isaksson Arvidsson "
    "Samuelsson Mårtensson Davidsson Josefsson Abrahamsson Ivarsson Håkansson Göransson Åkesson"
)
STEMS = _words(
    "Lind Berg Sand Ny Söder Norr Väster Öst Hall Holm Ek Björk Alm Asp Gran Strand Sjö Ström "
    "Ceder Dal Eng Fors Grön Hag Hed Häll Lund Malm Ros Rud Rönn Sten Sund Säll Tall Vik Wall "
    "Åker Ör Lager Linde Blom Bäck Kall Mo Ål Flod Hammar Skog Land"
)
ENDINGS = _words(
    "berg ström gren qvist kvist lund mark stedt holm feldt dahl blad bäck blom vall man ling ryd"
)
FAR = _words(
    "Ahmed Ali Mohamed Hassan Hussein Ibrahim Abdi Yusuf Haddad Khoury Yilmaz Kaya Demir Öztürk "
    "Nguyen Tran Kowalski Nowak Wisniewski Kovacevic Petrovic Jovanovic Hodzic Popescu Ionescu "
    "Virtanen Korhonen Mäkinen Nieminen Aydin Malki Barsom Murad Touma Khan Singh Garcia Silva "
    "Tesfay Berhane Karimi Rahimi Ahmadi Jansen Schmidt Müller Hansen Larsen Nielsen Pedersen"
)
WOMEN = _words(
    "Anna Eva Maria Karin Kristina Lena Kerstin Sara Emma Ingrid Marie Malin Birgitta Jenny Inger "
    "Ulla Annika Monica Linda Elin Susanne Johanna Hanna Elisabeth Sofia Helena Carina Ida Åsa "
    "Gunilla Julia Anita Linnéa Emelie Camilla Cecilia Siv Amanda Barbro Anette Marianne Angelica "
    "Caroline Ulrika Frida Therese Louise Matilda Jessica Ellen Agneta Madeleine Lisa Yvonne "
    "Josefin Felicia Alice Agnes Moa Ebba Klara Wilma Alva Maja Astrid Saga Vera Stella Freja "
    "Elsa Olivia Selma Ester Signe Märta Tuva Leia Nora Ines Fatima Zahra Amina Layla Maryam "
    "Hodan Ayaan Amal Samira Nour Yara Katarzyna Agnieszka Natalia Olena Iryna Selam Thuy Rima"
)
MEN = _words(
    "Lars Mikael Anders Johan Erik Per Peter Thomas Karl Daniel Fredrik Jan Hans Andreas Stefan "
    "Mohammed Mats Alexander Marcus Magnus Bo Mattias Nils Jonas Niklas Martin Björn Oskar Leif "
    "Ulf Patrik Kjell Henrik Viktor Christer David Simon Sven Emil Christian Anton Gustav Robert "
    "Joakim Ali William Rickard Håkan Sebastian Göran Tobias Robin Roger Jakob Elias Adam Linus "
    "Filip Tommy Hugo Lucas Ola Gunnar Rasmus Kent Ahmed Oliver Dennis Roland Albin Axel Liam "
    "Noah Leo Ludvig Arvid Nils-Erik Lars-Göran Jan-Olof Omar Hassan Ibrahim Abdi Yusuf Josef "
    "Gabriel Elias-Karl Goran Dragan Zoran Krzysztof Andrzej Tesfay Nguyen Samuel Isak Vincent"
)
STREET_ENDINGS = _words("vägen gatan stigen gränd backen torget")
STREET_STEMS = _words(
    "Stor Kyrk Skol Järnvägs Drottning Kungs Park Strand Skogs Ängs Björk Ek Lind Gran Tall Rönn "
    "Hassel Industri Hamn Kvarn Bruks Prost Kloster Slotts Vasa Sturegats Linné Berg Dal Sjö Back "
    "Tegel Smedje Trädgårds Nygats Väster Öster Norra-Tull Söder Lärk Svan Ugglebo Vall Åker Humle"
)

_SYLLABLES = _words(
    "ba be bi da de di fa ga ha hi ja ka ke ko la le li ma me mi mo na ni no pa ra re ri ro sa se "
    "si ta te ti va vi ya za zo"
)


class Pool:
    """Texts drawn with given weights."""

    def __init__(self, texts: list[str], weights: np.ndarray) -> None:
        self.texts = np.array(texts, object)
        self.ends = np.cumsum(weights / weights.sum())

    def draw(self, draw: np.random.Generator, n: int) -> np.ndarray:
        return self.texts[np.searchsorted(self.ends, draw.random(n), side="right")]


def surnames() -> Pool:
    """About 13 000 surnames: -sson 23 %, two-part 32 %, from afar 15 %, a long tail 30 %."""
    two_part = [stem + ending for ending in ENDINGS for stem in STEMS]
    order = np.random.default_rng(1).permutation(len(two_part))
    tail = [name.capitalize() for name in _invented(12_000, seed=2)]
    parts = (
        (SONS, 0.23, 0.7),
        ([two_part[k] for k in order], 0.32, 0.6),
        (FAR, 0.15, 0.5),
        (tail, 0.30, 0.3),
    )
    texts = [text for names, _, _ in parts for text in names]
    weights = [share * _share(len(names), slope) for names, share, slope in parts]
    return Pool(texts, np.concatenate(weights))


def given_names(common: list[str], seed: int) -> Pool:
    """The common names of a sex for 85 % of people, 1500 rare ones for the rest."""
    rare = [name.capitalize() for name in _invented(1_500, seed)]
    weights = [0.85 * _share(len(common), 0.5), 0.15 * _share(len(rare), 0.3)]
    return Pool([*common, *rare], np.concatenate(weights))


def streets() -> list[str]:
    """About ten thousand street names."""
    doubled = [f"{one}{two.lower()}s" for one in STEMS for two in STEMS[:30]]
    stems = [*STREET_STEMS, *STEMS, *doubled]
    return [stem + ending for stem in stems for ending in STREET_ENDINGS]


def _share(n: int, slope: float) -> np.ndarray:
    """Of each of n texts, the commonest first; the steeper, the more uneven."""
    falling = 1 / np.arange(1, n + 1) ** slope
    return falling / falling.sum()


def _invented(n: int, seed: int) -> list[str]:
    """Distinct pronounceable words of two to four syllables."""
    draw = np.random.default_rng(seed)
    found: dict[str, None] = {}
    while len(found) < n:
        parts = draw.choice(_SYLLABLES, draw.integers(2, 5))
        found["".join(parts) + draw.choice(["", "n", "s", "r", "d"])] = None
    return list(found)
