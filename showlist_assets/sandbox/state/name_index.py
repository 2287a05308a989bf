"""Full-text search over names: any word may match, slips are forgiven, the popular float up."""

from __future__ import annotations

import math
import sqlite3
from collections import Counter, defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz

from showlist_assets.sandbox.world.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FIRST_OF_WORD = 150
_RARE_WORD = 3
_RAREST_GRAMS = 7
_FIRST_OF_GRAM = 2_000
_MOST_ALIKE = 100

# Set so that, as in recorded answers of the real service, the artist of exactly the name asked for
# is first almost always, and what shadows it is a far more popular, longer name ("Earth" finds
# "Earth, Wind & Fire").
_WORDS_WEIGHT, _LETTERS_WEIGHT, _POPULARITY_WEIGHT = 0.65, 0.40, 0.80
_SAME_NAME, _FIRST_WORD, _BEGINNING = 0.12, 0.38, 0.10


class Hit(NamedTuple):
    """A found name by its position in the list that was indexed; the score only orders hits."""

    position: int
    score: float


class NameIndex:
    """Names with a popularity of 0 to 100, in an in-memory SQLite full-text table.

    Rows are stored the most popular first, so that the first rows of a common word are its most
    popular ones and no query reads more than a few hundred of them.
    """

    def __init__(self, names: Sequence[str], popularity: Sequence[int]) -> None:
        self._names = names
        self._popularity = popularity
        self._order = sorted(range(len(names)), key=lambda at: (-popularity[at], at))
        self._words = [tuple(words(names[at])) for at in self._order]
        self._same: dict[str, list[int]] = defaultdict(list)
        for row, found in enumerate(self._words):
            self._same["".join(found) or names[self._order[row]].strip()].append(row)
        # Built in one thread, asked in the server's; never written to after that.
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._fill()
        # One request for artists and tracks asks the same thing twice.
        self.search_all = lru_cache(maxsize=64)(self._search_all)

    def search(self, query: str, limit: int, offset: int = 0) -> list[Hit]:
        """The best hits for ``query``, the best first; never a match score one could rely on."""
        return self.search_all(query)[offset : offset + limit]

    def _search_all(self, query: str) -> list[Hit]:
        """Every hit worth showing, the best first: a few hundred at most."""
        asked = list(dict.fromkeys(words(query)))
        if not asked:
            return [Hit(self._order[row], 1.0) for row in self._same.get(query.strip(), ())]
        rows = set(self._same.get("".join(words(query)), ()))
        for word in asked:
            rows.update(self._rows_with(word))
        # The last word may be cut short, as in a search box.
        rows.update(self._rows_beginning(asked[-1]))
        rows.update(self._rows_with_all(asked))
        slips = [word for word in asked if self._frequency.get(word, 0) < _RARE_WORD]
        for spelled in {*slips, "".join(asked)} if slips else ():
            rows.update(self._rows_alike(spelled))
        total = sum(self._weight(word) for word in asked)
        flat = "".join(words(query))
        scored = ((self._score(row, asked, flat, total), row) for row in rows)
        # Rows are in order of popularity, so ties stay in a fixed and sensible order.
        return [Hit(self._order[row], score) for score, row in sorted(scored, key=_best_first)]

    def _fill(self) -> None:
        database = self._database
        database.execute(
            # Without content: only row numbers are wanted. Accents are folded before
            # (`world.text`).
            "CREATE VIRTUAL TABLE name USING fts5(words, content='',"
            " tokenize='unicode61 remove_diacritics 0')"
        )
        database.execute(
            "CREATE VIRTUAL TABLE gram USING fts5(letters, content='', tokenize='trigram')"
        )
        database.executemany(
            "INSERT INTO name(rowid, words) VALUES (?, ?)",
            ((row, " ".join(found)) for row, found in enumerate(self._words)),
        )
        database.execute("CREATE VIRTUAL TABLE word_count USING fts5vocab(name, row)")
        self._frequency: dict[str, int] = dict(
            database.execute("SELECT term, doc FROM word_count").fetchall()
        )
        self._gram_frequency: dict[str, int] | None = None

    def _rows_with(self, word: str) -> Iterable[int]:
        return self._match(f'"{word}"', _FIRST_OF_WORD) if word in self._frequency else ()

    def _rows_beginning(self, word: str) -> Iterable[int]:
        return self._match(f'"{word}"*', _FIRST_OF_WORD) if len(word) > 1 else ()

    def _rows_with_all(self, asked: list[str]) -> Iterable[int]:
        known = [f'"{word}"' for word in asked if word in self._frequency]
        found: set[int] = set()
        if len(known) > 1:
            found.update(self._match(" ".join(known), _FIRST_OF_WORD))
        # Two words of three are a better find than one popular word.
        for pair in pairwise(known):
            found.update(self._match(" ".join(pair), _FIRST_OF_WORD // 3))
        return found

    def _match(self, expression: str, most: int) -> list[int]:
        found = self._database.execute(
            "SELECT rowid FROM name WHERE name MATCH ? ORDER BY rowid LIMIT ?", (expression, most)
        )
        return [row for (row,) in found]

    def _rows_alike(self, flat: str) -> list[int]:
        """Names that share most of their rarest three-letter pieces with ``flat``."""
        frequency = self._grams()
        pieces = {flat[at : at + 3] for at in range(len(flat) - 2)} & frequency.keys()
        rarest = sorted(pieces, key=lambda piece: (frequency[piece], piece))[:_RAREST_GRAMS]
        shared: Counter[int] = Counter()
        for piece in rarest:
            found = self._database.execute(
                "SELECT rowid FROM gram WHERE gram MATCH ? ORDER BY rowid LIMIT ?",
                (f'"{piece}"', _FIRST_OF_GRAM),
            )
            shared.update(row for (row,) in found)
        return [row for row, _ in shared.most_common(_MOST_ALIKE)]

    def _grams(self) -> dict[str, int]:
        """How many names hold each three-letter piece; indexed at the first slip, not at start."""
        if self._gram_frequency is None:
            self._database.executemany(
                "INSERT INTO gram(rowid, letters) VALUES (?, ?)",
                ((row, "".join(found)) for row, found in enumerate(self._words)),
            )
            self._database.execute("CREATE VIRTUAL TABLE gram_count USING fts5vocab(gram, row)")
            self._gram_frequency = dict(
                self._database.execute("SELECT term, doc FROM gram_count").fetchall()
            )
        return self._gram_frequency

    def _weight(self, word: str) -> float:
        return math.log(1 + len(self._words) / self._frequency.get(word, 1))

    def _score(self, row: int, asked: list[str], flat: str, total: float) -> float:
        found = self._words[row]
        letters = "".join(found)
        same_letters = fuzz.ratio(flat, letters) / 100
        covered = sum(self._weight(word) for word in asked if word in found)
        last = asked[-1]
        if last not in found and any(word.startswith(last) for word in found):
            covered += 0.5 * self._weight(last)
        of_query = covered / total if total else 0.0
        of_name = covered / (sum(map(self._weight, set(found))) or 1.0)
        of_name = min(1.0, of_name)
        both = 2 * of_query * of_name / (of_query + of_name) if covered else 0.0
        if letters == flat:
            of_query = both = 1.0
        # Popularity counts in full only for names that answer the query at least in part.
        relevance = min(1.0, (of_query + same_letters) / 0.75)
        score = (
            _WORDS_WEIGHT * both
            + _LETTERS_WEIGHT * same_letters
            + _POPULARITY_WEIGHT * relevance * self._popularity[self._order[row]] / 100
        )
        return score + _bonus(asked, flat, found, letters)


def _bonus(asked: list[str], flat: str, found: tuple[str, ...], letters: str) -> float:
    if letters == flat:
        return _SAME_NAME
    if len(asked) == 1 and found and found[0] == flat:
        return _FIRST_WORD
    return _BEGINNING if letters.startswith(flat) else 0.0


def _best_first(scored: tuple[float, int]) -> tuple[float, int]:
    score, row = scored
    return -score, row
