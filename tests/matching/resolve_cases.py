"""A small register, and addresses with what each must become (see test_resolve.py)."""

from __future__ import annotations

# (dwelling_id, property, street_address, flat_number, postcode, city, n_rooms, area_m2)
Dwelling = tuple[str, str, str, str | None, str, str, int, float]
REGISTER: list[Dwelling] = [
    ("house", "Bo 1:1", "Granövägen 5", None, "15100", "Södertälje", 5, 140.0),
    ("a1101", "Bo 2:1", "Granövägen 111 A", "1101", "15100", "Södertälje", 2, 60.0),
    ("a1102", "Bo 2:1", "Granövägen 111 A", "1102", "15100", "Södertälje", 3, 80.0),
    ("a1201", "Bo 2:1", "Granövägen 111 A", "1201", "15100", "Södertälje", 3, 80.0),
    ("b1101", "Bo 2:1", "Granövägen 111 B", "1101", "15100", "Södertälje", 2, 60.0),
    ("b1301", "Bo 2:1", "Granövägen 111 B", "1301", "15100", "Södertälje", 4, 95.0),
    ("only", "Bo 3:1", "Granövägen 7", "1001", "15100", "Södertälje", 1, 30.0),
    ("mixed-house", "Bo 4:1", "Granövägen 9", None, "15100", "Södertälje", 5, 120.0),
    ("mixed-flat", "Bo 4:2", "Granövägen 9", "1001", "15100", "Södertälje", 2, 50.0),
    ("björk", "Bo 5:1", "Björkmossvägen 3", None, "15100", "Södertälje", 4, 100.0),
    ("björn", "Bo 6:1", "Björnmossvägen 3", None, "15100", "Södertälje", 4, 100.0),
    ("björn8", "Bo 6:2", "Björnmossvägen 8", None, "15100", "Södertälje", 4, 100.0),
    ("täpp", "Bo 7:1", "Täppgatan 3", None, "15100", "Södertälje", 4, 100.0),
    ("täpp4", "Bo 7:2", "Täppgatan 4", None, "15100", "Södertälje", 4, 100.0),
    ("tapp", "Bo 8:1", "Tappgatan 3", None, "15100", "Södertälje", 4, 100.0),
    ("lång", "Bo 9:1", "Långgatan 2", None, "15166", "Södertälje", 4, 100.0),
    ("grind", "Bo 9:2", "Granavägen 6", None, "15166", "Södertälje", 4, 100.0),
    ("granö6", "Bo 9:3", "Granövägen 6", None, "15243", "Södertälje", 4, 100.0),
    ("järna", "Bo 10:1", "Långgatan 2", None, "15330", "Järna", 4, 100.0),
    ("ek", "Bo 11:1", "Ekvägen 1", None, "15100", "Södertälje", 4, 100.0),
]
INSIDE = "number and letter within the postcode"
OUTSIDE = (
    "number and letter within the post town, since the postcode is missing or has no such house"
)


CASES: list[tuple[str, dict[str, object], tuple[str, str | None, float, str]]] = [
    (
        "the stable key: property, address and flat, whatever the postcode",
        {"text": "Granövägen 111 A lgh 1101", "property": "BO 2:1", "postcode": "99999"},
        ("key", "a1101", 1.0,
         "Same street, same number and letter within the property; the flat number decides."),
    ),
    (
        "a property tells two houses at one address apart",
        {"text": "Granövägen 9", "property": "Bo 4:1"},
        ("key", "mixed-house", 1.0,
         "Same street, same number and letter within the property; the address is one house."),
    ),
    (
        "an unknown property is never matched by its address",
        {"text": "Granövägen 5", "property": "Bo 99:9"},
        ("none", None, 0.0,
         "The property, or that street on it, is not in the dwelling register."),
    ),
    (
        "exact with the flat in the text",
        {"text": "granöv. 111a lgh 1101"},
        ("exact", "a1101", 1.0, f"Same street, same {INSIDE}; the flat number decides."),
    ),
    (
        "exact with the flat in its own column, which wins over the text",
        {"text": "Granövägen 111 A lgh 1101", "flat_number": "1102"},
        ("exact", "a1102", 0.8,
         f"Same street, same {INSIDE}; the flat number decides. "
         "The text names another flat than the flat column, which is followed."),
    ),
    (
        "a house",
        {"text": "GRANÖVÄGEN 5"},
        ("exact", "house", 1.0, f"Same street, same {INSIDE}; the address is one house."),
    ),
    (
        "a flat number at a house that has none",
        {"text": "Granövägen 5 lgh 1001"},
        ("single", "house", 0.7,
         f"Same street, same {INSIDE}; it is the only dwelling there, "
         "and the register has no flat number for it."),
    ),
    (
        "the only flat there",
        {"text": "Granövägen 7"},
        ("single", "only", 0.95, f"Same street, same {INSIDE}; it is the only dwelling there."),
    ),
    (
        "the only flat there, though another is named",
        {"text": "Granövägen 7 lgh 1201"},
        ("none", None, 0.0, "The house is in the register, the flat number named is not."),
    ),
    (
        "a landlord's own flat number is no flat number",
        {"text": "Granövägen 111 A LÄG 458"},
        ("ambiguous", None, 0.0, "Several flats fit and nothing tells which."),
    ),
    (
        "one storey up there are two flats",
        {"text": "Granövägen 111 A 1 tr"},
        ("ambiguous", None, 0.0, "Several flats fit and nothing tells which."),
    ),
    (
        "two storeys up there is one",
        {"text": "Granövägen 111 A 2 tr"},
        ("inferred", "a1201", 0.7,
         f"Same street, same {INSIDE}; rooms, area and storey fit just that flat."),
    ),
    (
        "rooms and area fit one flat, within a square metre",
        {"text": "Granövägen 111 A", "n_rooms": 2, "area_m2": 61.0},
        ("inferred", "a1101", 0.7,
         f"Same street, same {INSIDE}; rooms, area and storey fit just that flat."),
    ),
    (
        "two square metres are another flat",
        {"text": "Granövägen 111 A", "n_rooms": 2, "area_m2": 62.5},
        ("ambiguous", None, 0.0, "Several flats fit and nothing tells which."),
    ),
    (
        "the tenant is registered in one of them",
        {"text": "Granövägen 111 A", "n_rooms": 3, "tenant_dwelling_ids": ["a1102", "house"]},
        ("inferred", "a1102", 0.8,
         f"Same street, same {INSIDE}; the tenant is registered in just that flat there."),
    ),
    (
        "the tenant's flat is not the one of that size",
        {"text": "Granövägen 111 A", "n_rooms": 2, "tenant_dwelling_ids": ["a1102"]},
        ("inferred", "a1101", 0.5,
         f"Same street, same {INSIDE}; rooms, area and storey fit just that flat, "
         "though the tenant is registered in another one there."),
    ),
    (
        "house and flat share the address",
        {"text": "Granövägen 9"},
        ("ambiguous", None, 0.0, "Several flats fit and nothing tells which."),
    ),
    (
        "the letter is missing and two stairwells have the flat",
        {"text": "Granövägen 111 lgh 1101"},
        ("ambiguous", None, 0.0, "Several flats fit and nothing tells which."),
    ),
    (
        "the letter is missing and one stairwell has the flat",
        {"text": "Granövägen 111 lgh 1301"},
        ("inferred", "b1301", 0.7,
         "Same street, same number within the postcode; the flat number decides."),
    ),
    (
        "never another letter",
        {"text": "Granövägen 111 C lgh 1101"},
        ("none", None, 0.0, "The street is in the register, that number and letter are not."),
    ),
    (
        "never a letter that the house has not",
        {"text": "Granövägen 5 A"},
        ("none", None, 0.0, "The street is in the register, that number and letter are not."),
    ),
    (
        "never another number",
        {"text": "Granövägen 4"},
        ("none", None, 0.0, "The street is in the register, that number and letter are not."),
    ),
    (
        "one typing error",
        {"text": "Grnaövägen 5"},
        ("fuzzy", "house", 0.9,
         f"Street with one typing error, same {INSIDE}; the address is one house."),
    ),
    (
        "two typing errors",
        {"text": "Grnaövägne 5"},
        ("fuzzy", "house", 0.8,
         f"Street with two typing errors, same {INSIDE}; the address is one house."),
    ),
    (
        "three are too many",
        {"text": "Grnaövägnee 5"},
        ("none", None, 0.0, "No such street in the postcode or post town."),
    ),
    (
        "a text between two streets that both have the house",
        {"text": "Björmossvägen 3"},
        ("ambiguous", None, 0.0, "Two streets are equally near to what is written."),
    ),
    (
        "a text between two streets, and the tenant is at home on one",
        {"text": "Björmossvägen 3", "tenant_dwelling_ids": ["björk"]},
        ("fuzzy", "björk", 0.9,
         f"Street with one typing error, where the tenant is at home, same {INSIDE}; "
         "the address is one house."),
    ),
    (
        "a text between two streets of which one has the house",
        {"text": "Björmossvägen 8"},
        ("fuzzy", "björn8", 0.9,
         f"Street with one typing error, same {INSIDE}; the address is one house."),
    ),
    (
        "a street that exists is never taken for its neighbour",
        {"text": "Björkmossvägen 8"},
        ("none", None, 0.0, "The street is in the register, that number and letter are not."),
    ),
    (
        "a nearer street without the house",
        {"text": "Björkmosvägen 8"},
        ("ambiguous", None, 0.0, "A nearer street exists, but without that house number."),
    ),
    (
        "another ending is another street",
        {"text": "Långvägen 2", "postcode": "15166"},
        ("none", None, 0.0, "No such street in the postcode or post town."),
    ),
    (
        "no Swedish letters",
        {"text": "Granovagen 5"},
        ("folded", "house", 0.9,
         f"Same street but for å, ä, ö, same {INSIDE}; the address is one house."),
    ),
    (
        "ö written oe",
        {"text": "Granoevaegen 5"},
        ("folded", "house", 0.9,
         f"Same street but for å, ä, ö, same {INSIDE}; the address is one house."),
    ),
    (
        "the very street wins over its twin, less certainly",
        {"text": "Tappgatan 3"},
        ("exact", "tapp", 0.8, f"Same street, same {INSIDE}; the address is one house."),
    ),
    (
        "the twin without its dots, where the tenant is registered",
        {"text": "Tappgatan 3", "tenant_dwelling_ids": ["täpp"]},
        ("folded", "täpp", 0.9,
         f"Same street but for å, ä, ö, where the tenant is at home, same {INSIDE}; "
         "the address is one house."),
    ),
    (
        "the very street wins where the tenant is at home in both",
        {"text": "Tappgatan 3", "tenant_dwelling_ids": ["täpp", "tapp"]},
        ("exact", "tapp", 1.0, f"Same street, same {INSIDE}; the address is one house."),
    ),
    (
        "with its dots it can only be the other twin",
        {"text": "Täppgatan 3", "tenant_dwelling_ids": ["tapp"]},
        ("exact", "täpp", 1.0, f"Same street, same {INSIDE}; the address is one house."),
    ),
    (
        "only the twin has the house",
        {"text": "Tappgatan 4"},
        ("folded", "täpp4", 0.9,
         f"Same street but for å, ä, ö, same {INSIDE}; the address is one house."),
    ),
    (
        "a neighbouring postcode",
        {"text": "Ekvägen 1", "postcode": "15101"},
        ("wrong_postcode", "ek", 0.6, f"Same street, same {OUTSIDE}; the address is one house."),
    ),
    (
        "a far postcode",
        {"text": "Ekvägen 1", "postcode": "15243"},
        ("wrong_postcode", "ek", 0.5, f"Same street, same {OUTSIDE}; the address is one house."),
    ),
    (
        "no postcode",
        {"text": "Ekvägen 1", "postcode": None},
        ("wrong_postcode", "ek", 0.6, f"Same street, same {OUTSIDE}; the address is one house."),
    ),
    (
        "no postcode and one typing error",
        {"text": "Långgtan 2", "postcode": None},
        ("wrong_postcode", "lång", 0.6,
         f"Street with one typing error, same {OUTSIDE}; the address is one house."),
    ),
    (
        "the post town is another",
        {"text": "Ekvägen 1", "postcode": "41105", "city": "Göteborg"},
        ("none", None, 0.0, "No such street in the postcode or post town."),
    ),
    (
        "the post town is unknown and the postcode far away",
        {"text": "Ekvägen 1", "postcode": "41105", "city": None},
        ("none", None, 0.0,
         "The only such house lies in another part of the country than the postcode."),
    ),
    (
        "neither postcode nor post town, one house in the register",
        {"text": "Ekvägen 1", "postcode": None, "city": None},
        ("wrong_postcode", "ek", 0.4,
         "Same street, same number and letter within the whole register, "
         "since postcode and post town are unknown; the address is one house."),
    ),
    (
        "neither postcode nor post town, two houses in the register",
        {"text": "Långgatan 2", "postcode": None, "city": None},
        ("ambiguous", None, 0.0, "Several flats fit and nothing tells which."),
    ),
    (
        "a nearly equal street here, the very street in the town",
        {"text": "Granövägen 6", "postcode": "15166"},
        ("ambiguous", None, 0.0,
         "A street nearly equal in the postcode and one equal elsewhere in the town both fit."),
    ),
    (
        "a post box",
        {"text": "Box 12"},
        ("not_a_dwelling", None, 0.0, "A post box is no dwelling."),
    ),
    (
        "the tax agency's forwarding address",
        {"text": "Skatteverket, Box 2820"},
        ("not_a_dwelling", None, 0.0, "The tax agency's forwarding address is no dwelling."),
    ),
    (
        "a range of numbers",
        {"text": "Granövägen 5-9"},
        ("not_a_dwelling", None, 0.0,
         "A range of house numbers names a building, not a dwelling."),
    ),
    ("nothing", {"text": None}, ("not_a_dwelling", None, 0.0, "No address is given.")),
    (
        "a street alone",
        {"text": "Granövägen"},
        ("none", None, 0.0, "The address has no house number."),
    ),
]  # fmt: skip
