"""Surnames by origin: the common ones by their weight, and a long tail of rare ones.

Faker's thousand US surnames stand for about 39 % of the people (Smith: 0.83 % of them in
the 2010 census, 2.17 % of the pool). The rest of the country has rarer names, so the
tail is filled from Faker's pools of other countries and from compounds that read like
English, Scottish and German names. No digits, no invented sounds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import product

import numpy as np
from faker.providers.person.cs_CZ import Provider as Czech
from faker.providers.person.de_AT import Provider as Austrian
from faker.providers.person.de_DE import Provider as German
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.en_IE import Provider as Irish
from faker.providers.person.en_IN import Provider as Indian
from faker.providers.person.en_US import Provider as American
from faker.providers.person.es_ES import Provider as Spanish
from faker.providers.person.es_MX import Provider as Mexican
from faker.providers.person.fi_FI import Provider as Finnish
from faker.providers.person.fr_FR import Provider as French
from faker.providers.person.hr_HR import Provider as Croatian
from faker.providers.person.hu_HU import Provider as Hungarian
from faker.providers.person.it_IT import Provider as Italian
from faker.providers.person.ja_JP import Provider as Japanese
from faker.providers.person.nl_NL import Provider as Dutch
from faker.providers.person.no_NO import Provider as Norwegian
from faker.providers.person.pl_PL import Provider as Polish
from faker.providers.person.sl_SI import Provider as Slovene
from faker.providers.person.sv_SE import Provider as Swedish
from faker.providers.person.yo_NG import Provider as Yoruba
from faker.providers.person.zh_CN import Provider as Chinese

# Share of people with one of Faker's US surnames: 0.83 / 2.17, see above.
COMMON = 0.39
# Families in America mostly lost their accents; design choice.
KEPT_ACCENTS = 0.12
# Letters that do not fold to ASCII by dropping a mark.
FOLDED = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "dj", "Đ": "Dj", "ß": "ss",
                        "æ": "ae", "Æ": "Ae", "þ": "th", "ð": "d"})  # fmt: skip

ENGLISH = """
Ash Bar Black Blen Brad Bram Broad Brock Bur Cald Car Chat Clay Clif Col Cop Crow Dal Dar Den
Der Ding Dun East Ed El Fair Farn Felt Gar Glad Good Grey Had Hal Ham Har Hart Hather Haw Hazel
High Hol Hough Hurst King Kirk Lang Leigh Lin Lock Long Mal Mar Mid Mil Mor Nether New Nor Oak
Old Or Pem Pen Pick Pres Rad Raven Red Rock Rud Rush Sand Scar Sel Shel Sher Short South Stan
Staple Stone Strat Sut Swan Thorn Til Tun Up Wal Ware Wat Wel West Wet Whit Wil Win Wood Wool
Wor Yar
"""
ENGLISH_ENDS = """
berry bourne bridge brook burn bury by combe cott croft dale den field ford gate grave ham hurst
land ley low man mere more ridge sett shaw stead stock stone thorpe ton wall ward way well wick
wood worth
"""
GERMAN_STARTS = """
Acker Alten Baum Berg Blum Brand Braun Breiten Buch Dorn Eber Eich Eisen Feld Frieden Gold Gross
Grün Hagen Haupt Hirsch Hoch Hohen Kauf Kirch Klein König Kreuz Lang Linden Löwen Mittel Moos
Neu Nieder Ober Rosen Roth Schön Schwarz Silber Stein Stern Unter Wald Wasser Weiden Weiss
Winter
"""
GERMAN_ENDS = """
bach bauer baum beck berg berger brunner dorf eck feld felder hauer haus häuser heim heimer
hofer hoff holz kamp mann meier meyer müller stein thal
"""
CELTIC_STARTS = ("Mac", "Mc")
CELTIC_ENDS = """
Alister Ardle Bain Cabe Caffrey Callum Cann Carron Clure Combs Corry Cracken Cready Crory Cue
Cully Daid Dade Dowell Duffie Elroy Elwain Farland Gann Garvey Geehan Gillis Gough Govern Graw
Greevy Harg Ilwain Inerney Innis Kechnie Keever Kellar Kenna Kibben Lachlan Laren Lure Manus
Math Micken Naughton Nish Phail Quade Quillan Rae Rory Sorley Tavish Teague Vicar Whirter
"""

# Korean, Vietnamese, Chinese and Philippine, as families in America write them.
EAST_ASIAN = (
    "Kim", "Lee", "Park", "Choi", "Jung", "Kang", "Cho", "Yoon", "Jang", "Lim", "Han", "Shin",
    "Seo", "Kwon", "Hwang", "Ahn", "Song", "Hong", "Nguyen", "Tran", "Le", "Pham", "Huynh", "Phan",
    "Vu",
    "Vo", "Dang", "Bui", "Do", "Ho", "Ngo", "Duong", "Ly", "Wong", "Chan", "Lam", "Cheung", "Reyes",
    "Santos", "Bautista", "Ocampo", "Villanueva",
)  # fmt: skip
HISPANIC = ("García", "Rodríguez", "Martínez", "Hernández", "López", "González", "Pérez", "Sánchez",
            "Rivera", "Ramírez", "Torres", "Flores", "Díaz", "Gómez", "Reyes", "Cruz", "Ortiz",
            "Núñez", "Muñoz", "Peña", "De la Cruz")  # fmt: skip
PACIFIC = ("Kealoha", "Kahale", "Kalani", "Mahoe", "Tuiasosopo", "Faleafa", "Leota", "Tavita",
           "Tupua", "Malietoa", "Fifita", "Taufa", "Tonga", "Latu", "Vaipulu")  # fmt: skip


def general() -> dict[str, float]:
    """Return surname -> weight for most people; the weights add up to 1."""
    common = _scaled(dict(American.last_names), COMMON)
    return common | _scaled(_tail(set(common)), 1 - COMMON)


def black() -> dict[str, float]:
    """Return surname -> weight: common names weigh more (the tail is thinner), and West African."""
    common = _scaled(dict(American.last_names), 0.75)
    african = dict.fromkeys(Yoruba.last_names, 1.0)
    tail = _ranked(list(British.last_names) + list(Irish.last_names), set(common) | set(african))
    return common | _scaled(african, 0.03) | _scaled(tail, 0.22)


def hispanic() -> dict[str, float]:
    """Return surname -> weight: Mexican and Spanish names, a third without accents."""
    found = _ranked([*Mexican.last_names, *Spanish.last_names], set(HISPANIC), offset=15)
    common = {name: 1 / (rank + 3) for rank, name in enumerate(HISPANIC)}
    found = _scaled(common, 0.4) | _scaled(found, 0.6)
    plain = {ascii_name(name): weight / 2 for name, weight in found.items()}
    return _scaled({**found, **{n: w + found.get(n, 0) for n, w in plain.items()}}, 1)


def east_asian() -> dict[str, float]:
    """Return surname -> weight: Chinese, Japanese, Korean, Vietnamese and Philippine names."""
    parts = ((Chinese.last_romanized_names, 0.4), (Japanese.last_romanized_names, 0.1))
    found = dict.fromkeys(EAST_ASIAN, 0.5 / len(EAST_ASIAN))
    for names, share in parts:
        for name in dict.fromkeys(names):
            found[name] = found.get(name, 0) + share / len(names)
    return _scaled(found, 1)


def south_asian() -> dict[str, float]:
    """Return surname -> weight."""
    common = dict.fromkeys(("Patel", "Shah", "Singh", "Kumar", "Khan", "Sharma", "Gupta"), 0.05)
    return common | _scaled(_ranked(Indian.last_names, set(common)), 1 - 0.05 * len(common))


def pacific() -> dict[str, float]:
    """Return surname -> weight."""
    return dict.fromkeys(PACIFIC, 1 / len(PACIFIC))


def ascii_name(name: str) -> str:
    """Return a name without marks, in its own case."""
    folded = unicodedata.normalize("NFKD", name.translate(FOLDED))
    return folded.encode("ascii", "ignore").decode()


def _tail(taken: set[str]) -> dict[str, float]:
    """Return the rare names; most lost their accents on the way."""
    countries = (British, Irish, German, Austrian, Italian, French, Dutch, Swedish, Norwegian,
                 Finnish, Czech, Croatian, Hungarian, Slovene)  # fmt: skip
    listed = [name for country in countries for name in country.last_names]
    listed += Polish.unisex_last_names
    compounds = [a + b for a, b in product(ENGLISH.split(), ENGLISH_ENDS.split()) if a[-1] != b[0]]
    compounds += [
        a + b for a, b in product(GERMAN_STARTS.split(), GERMAN_ENDS.split()) if a.lower() != b
    ]
    compounds += [a + b for a, b in product(CELTIC_STARTS, CELTIC_ENDS.split())]
    rng = np.random.default_rng(20161)
    kept = rng.random(len(listed) + len(compounds)) < KEPT_ACCENTS
    names = zip([*listed, *compounds], kept.tolist(), strict=True)
    return _ranked([name if keep else ascii_name(name) for name, keep in names], taken, offset=300)


def _ranked(names: Iterable[str], taken: set[str], offset: int = 30) -> dict[str, float]:
    """Return the names in a random order with weights that fall with rank (Zipf-Mandelbrot)."""
    fresh = [name for name in dict.fromkeys(names) if name not in taken and _usable(name)]
    order = np.random.default_rng(20162).permutation(len(fresh))
    return {fresh[place]: 1 / (rank + offset) for rank, place in enumerate(order.tolist())}


def _usable(name: str) -> bool:
    """Return whether a name stands as it is: one letter is none, a comma is a filing form."""
    return len(name) > 1 and "," not in name


def _scaled(weights: Mapping[str, float], total: float) -> dict[str, float]:
    factor = total / sum(weights.values())
    return {name: weight * factor for name, weight in weights.items()}
