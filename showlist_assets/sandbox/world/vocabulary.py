"""The words that generated acts, songs, venues and festivals are named with.

Names are put together here from plain words, so that no real artist is meant by any of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADJECTIVES = _listed(
    """
    Amber Ancient Bitter Blind Borrowed Broken Burning Careful Crooked Dusty Early Eastern
    Electric Empty Faded Fearless Feral Foreign Frozen Gentle Ghostly Gilded Golden Hollow
    Humble Hungry Idle Indigo Infinite Iron Ivory Jealous Kindred Late Lazy Liquid Little
    Lonesome Lucky Lunar Magnetic Marble Midnight Minor Mortal Neon Nervous Northern Opal
    Paper Patient Perfect Phantom Plastic Polite Quiet Rapid Reckless Restless Rolling Royal
    Rusty Sacred Salted Scarlet Second Secret Shallow Silver Sleepy Slow Solar Southern
    Spectral Stolen Stray Sudden Sugar Sunken Tender Thirsty Tidal Tin Tired Twin Uneasy
    Velvet Violet Wandering Western Wicked Wild Wooden Yellow Young
    """
)

NOUNS = _listed(
    """
    Abbey Alley Anchor Antler Arcade Arrow Avenue Balcony Bandit Beacon Bell Bicycle Blossom
    Bonfire Boulevard Brigade Cabin Canary Candle Canyon Caravan Cardinal Carousel Casino
    Cathedral Cedar Chapel Choir Cinema Circus Coast Comet Compass Copper Cousin Coyote
    Cricket Crown Crystal Daisy Diner Dragonfly Drifter Echo Elevator Ember Engine Falcon
    Farmer Feather Ferry Fever Firefly Fountain Fox Galaxy Garden Garage Ghost Giant Glacier
    Harbor Harvest Hatchet Heron Highway Holiday Horizon Hotel Hound Hurricane Island Jacket
    Jaguar Jukebox Kettle Kingdom Kite Ladder Lagoon Lantern Lemon Letter Library Lighthouse
    Lion Lullaby Machine Magnolia Mammoth Meadow Meteor Mirror Monsoon Motel Mountain Museum
    Nomad Notebook Oak Ocean Orchard Orchid Otter Owl Palace Parade Passenger Peach Pelican
    Pepper Pigeon Pilot Pine Planet Pony Prairie Prophet Quarry Rabbit Radio Railroad Raven
    Ribbon River Robin Rocket Rooster Rose Sailor Satellite Season Shadow Signal Siren Sparrow
    Spider Stallion Static Station Stone Storm Summer Sunday Swallow Swan Telegraph Television
    Temple Theory Thistle Thunder Tiger Tornado Tower Tractor Tulip Umbrella Valley Vampire
    Village Volcano Voyager Wagon Walrus Weather Whisper Widow Window Winter Wolf Wonder
    Yonder Zephyr
    """
)

FIRST_NAMES = _listed(
    """
    Ada Alma Amara Arlo August Beatriz Bo Calvin Camille Carmen Cassidy Cleo Cora Dahlia
    Darius Delia Desmond Dolores Ebony Eli Elena Ephraim Esme Ezra Felix Fern Fiona Gideon
    Greta Gus Hank Harlan Hattie Hazel Ines Ingrid Iris Ivan Jasper Jolene Josie Juno Kai
    Keziah Knox Lara Leland Levi Lila Lorenzo Lucinda Mabel Marcel Marisol Maxine Micah Minnie
    Moses Nadia Nell Nico Noor Odessa Olive Omar Opal Orson Otis Pearl Percy Petra Quincy
    Ramona Reuben Rhoda Roscoe Rosalind Ruby Sable Selma Silas Simone Sol Stella Tess Thaddeus
    Tobias Ulysses Uma Vera Vernon Wanda Wes Willa Winona Xavier Yara Yusuf Zadie Zora
    """
)

LAST_NAMES = _listed(
    """
    Abernathy Achebe Alder Appleby Ashgrove Barlow Bellweather Birch Blackwood Boone
    Brightwater Calloway Castellan Chandler Coldwell Cordero Crane Dalloway Delacroix Devereux
    Doyle Dunmore Easterling Ellery Escobedo Fairbank Farrow Fennimore Figueroa Flint Foxworth
    Gallant Garrick Goodnight Granger Greenlee Hackett Halloran Hargrove Hawthorne Holloway
    Huxtable Ibarra Ingram Ironside Jessup Kestrel Kilgore Kowalczyk Lachance Larkspur
    Lindqvist Locklear Loveless Maddox Mapplewood Marchetti McAllen Merriweather Montrose
    Moonves Nakagawa Nightingale Northcutt Oakley Okonkwo Olmstead Pemberton Pettigrew
    Pinkerton Quarles Quimby Rainwater Ravenscroft Redfern Rivas Rockwell Sandoval Sayers
    Shackleford Silverstein Sorrell Starling Stillwater Summerfield Tarkington Thackeray
    Thibodeaux Tolliver Underhill Valdivia Vandermeer Wainwright Weatherby Whitlock
    Winterbourne Yarrow Yellowtail Zamora Zellweger
    """
)

PLACES = _listed(
    """
    Abilene Alameda Belmont Brookside Calico Catalina Delmar Dover Eastport Fairview Galena
    Granite Hollis Juniper Kenosha Laurel Marfa Medina Monterey Norfolk Odell Osage Pomona
    Quincy Ravenna Sedona Sonora Sutter Tahoe Topeka Uvalde Vernal Waverly Yuma
    """
)

SPANISH = _listed(
    """
    Águilas Alacranes Canarios Centellas Corazones Diablos Gavilanes Gitanos Halcones
    Huracanes Jinetes Luceros Mañanas Muñecos Piratas Relámpagos Ruiseñores Sueños Tiburones
    Trovadores Vaqueros Viajeros
    """
)

ACCENTED = (
    "Zoë Marín", "Björn Håkansson", "Señorita Niño", "Café Añil", "Élodie Garçon", "Mötley Pêche",
    "Sigrún Þórsdóttir", "Łukasz Wróbel", "Ana Conceição", "Jiří Dvořáček", "Coração Elétrico",
    "Les Étoiles Mêlées", "Søren Ørskov", "Tía Peña", "Blåsippa", "Höstmörker",
)  # fmt: skip

NON_LATIN = (
    "夜汽車の窓", "青い果樹園", "달빛 정류장", "유리 고래", "Северный Трамвай", "Тихая Гавань",
    "ליל אורות", "قمر المدينة", "Νυχτερινό Τρένο", "月光工厂", "雨後茶館", "นกกลางคืน",
)  # fmt: skip

SHORT = ("?!?", "Ox", "V", "+ +", "Øy", "99", "A!", "Yo", "...", "No.", "K9", "¡¡¡")

SONG_OPENERS = _listed(
    """
    After Always Another Around Before Beneath Between Beyond Chasing Counting Every
    Forgetting Holding Leaving Losing Never No One Only Outside Over Remember Running Say
    Since Someday Still Take This Through Until Waiting When Where Without You
    """
)

GENRES: dict[str, tuple[str, ...]] = {
    "Rock": ("rock", "garage rock", "heartland rock"),
    "Indie": ("indie rock", "bedroom pop", "dream pop"),
    "Country": ("country", "outlaw country", "honky tonk"),
    "Hip-Hop": ("hip hop", "southern hip hop", "underground hip hop"),
    "Electronic": ("house", "techno", "bass music"),
    "Latin": ("regional mexican", "cumbia", "latin pop"),
    "Jazz": ("jazz", "contemporary jazz", "soul jazz"),
    "Hard Rock": ("metal", "doom metal", "thrash metal"),
    "Folk": ("folk", "americana", "bluegrass"),
    "Pop": ("pop", "synth-pop", "dance pop"),
    "R&B": ("r&b", "neo soul", "alternative r&b"),
    "Punk": ("punk", "pop punk", "hardcore"),
    "Reggae": ("reggae", "dub", "ska"),
    "Classical": ("classical", "chamber music"),
    "Blues": ("blues", "electric blues"),
}

_DUOS = ("Duo", "Trio", "Quartet", "Collective", "Orchestra", "Ensemble")


def _band(rng: Random) -> str:
    adjective, noun, other = rng.choice(ADJECTIVES), rng.choice(NOUNS), rng.choice(NOUNS)
    return rng.choice(
        (
            f"The {adjective} {plural(noun)}",
            f"The {plural(noun)}",
            f"{adjective} {noun}",
            f"{noun} {other}",
            f"{adjective} {plural(noun)}",
            f"{rng.choice(PLACES)} {plural(noun)}",
            f"{plural(noun)} of {rng.choice(PLACES)}",
            f"{noun} & {other}",
            f"{rng.choice(FIRST_NAMES)} and the {plural(noun)}",
            f"{adjective} {noun} {other}",
        )
    )


def _soloist(rng: Random) -> str:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    return rng.choice((f"{first} {last}", f"{first} {last}", f"{first} {first[0]}. {last}"))


def _rapper(rng: Random) -> str:
    word = rng.choice(NOUNS)
    return rng.choice(
        (
            f"Lil {word}",
            f"Young {word}",
            f"MC {rng.choice(FIRST_NAMES)}",
            f"{rng.choice(ADJECTIVES)} {rng.choice(FIRST_NAMES)}",
            f"{word}$",
            f"{rng.choice(FIRST_NAMES)} tha {word}",
        )
    )


def _producer(rng: Random) -> str:
    word = rng.choice(NOUNS)
    return rng.choice(
        (f"DJ {word}", word.upper(), f"{word}{rng.choice(NOUNS).lower()}", f"{word} Sound System")
    )


def _spanish(rng: Random) -> str:
    word = rng.choice(SPANISH)
    return rng.choice(
        (
            f"Los {word} de {rng.choice(PLACES)}",
            f"Grupo {word}",
            f"Banda {word} {rng.choice(PLACES)}",
            f"{rng.choice(FIRST_NAMES)} y los {word}",
        )
    )


def _ensemble(rng: Random) -> str:
    return f"{rng.choice(LAST_NAMES)} {rng.choice(_DUOS)}"


_NAMERS: dict[str, tuple[Callable[[Random], str], ...]] = {
    "Hip-Hop": (_rapper, _rapper, _soloist),
    "Electronic": (_producer, _producer, _band),
    "Latin": (_spanish, _spanish, _soloist),
    "Jazz": (_ensemble, _soloist),
    "Classical": (_ensemble,),
    "Country": (_soloist, _soloist, _band),
    "Folk": (_soloist, _band),
    "R&B": (_soloist, _band),
    "Blues": (_soloist, _band),
}


def act_name(rng: Random, genre: str) -> str:
    """A name such as an act of ``genre`` would bear."""
    return rng.choice(_NAMERS.get(genre, (_band,)))(rng)


def song_title(rng: Random) -> str:
    """A song title of one to five words."""
    noun, adjective = rng.choice(NOUNS), rng.choice(ADJECTIVES)
    return rng.choice(
        (
            noun,
            f"{adjective} {noun}",
            f"{rng.choice(SONG_OPENERS)} the {noun}",
            f"{rng.choice(SONG_OPENERS)} {adjective} {plural(noun)}",
            f"{rng.choice(FIRST_NAMES)}'s {noun}",
            f"{noun} in {rng.choice(PLACES)}",
            f"{adjective}",
        )
    )


def venue_name(rng: Random, city: str) -> str:
    """A club, hall or theater."""
    noun = rng.choice(NOUNS)
    return rng.choice(
        (
            f"The {noun} Room",
            f"{noun} Hall",
            f"The {rng.choice(ADJECTIVES)} {noun}",
            f"{rng.choice(LAST_NAMES)} Theater",
            f"{city} Civic Auditorium",
            f"{noun} Amphitheater",
            f"{rng.choice(LAST_NAMES)}'s Tavern",
            f"{noun} Ballroom",
        )
    )


def plural(noun: str) -> str:
    """The English plural, for the nouns of this module."""
    if noun.endswith("y") and noun[-2] not in "aeou":
        return noun[:-1] + "ies"
    if noun.endswith("lf"):
        return noun[:-1] + "ves"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")
