"""The loop that decides: when it asks, when it stops asking, and what it says of that."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from showlist_assets.domain.catalog import FoundArtist, FoundTrack, SearchAnswer
from showlist_assets.domain.matching.evidence import evidence_of
from showlist_assets.domain.matching.overrides import Override
from showlist_assets.domain.matching.rows import decisions_frame
from showlist_assets.domain.tables.columns import of_several_states
from showlist_assets.domain.tables.matched_artists import MatchedArtists
from showlist_assets.services.artist_matching import ArtistMatcher
from showlist_assets.sources.failures import (
    BudgetSpent,
    NotFound,
    Permanent,
    QuotaExceeded,
    Transient,
    WrongKey,
)
from showlist_assets.sources.http.usage import ApiUsage
from showlist_assets_tests.domain.matching.performers import performer, some_evidence
from showlist_assets_tests.rows import NOW, found_track

LANTERN = FoundArtist("artist-1", "Paper Lantern", ("indie",), None, None, None)
LANTERNS = FoundArtist("artist-2", "Paper Lanterns", (), None, None, None)
KEY = "paper lantern"


class FakeSearch:
    """Knows some artists, and fails as it is told to; remembers every question.

    Args:
        artists: Whom it knows.
        failures: What becomes of the questions in turn; None is an answer, and so is the rest.
    """

    def __init__(self, *artists, failures=()):
        self._artists, self._failures = artists, list(failures)
        self.asked = []

    @property
    def usage(self):
        return ApiUsage(sent=len(self.asked))

    def search(self, name, *, newer_than=None):
        self._ask(name, newer_than)
        found = tuple(artist for artist in self._artists if artist.name == name)
        songs = (
            found_track(f"song of {each.artist_id}", artist_ids=(each.artist_id,)) for each in found
        )
        return SearchAnswer(found, tuple(FoundTrack(**song) for song in songs))

    def search_tracks(self, query):
        self._ask(query)
        return [FoundTrack(**found_track(query))]

    def artist(self, artist_id):
        self._ask(artist_id)
        for artist in self._artists:
            if artist.artist_id == artist_id:
                return artist
        raise NotFound(f"No artist {artist_id}.")

    def _ask(self, what, newer_than=None):
        self.asked.append((what, newer_than) if newer_than else what)
        failure = self._failures.pop(0) if self._failures else None
        if failure:
            raise failure


def matcher(search, *, earlier=None, due=None, overrides=()):
    return ArtistMatcher(
        lambda: search,
        earlier=earlier or {},
        due=due or {},
        overrides={override.performer_key: override for override in overrides},
        now=NOW,
        log=logging.getLogger("test"),
    )


def decide(matching, *performers):
    """The rows of ``performers``, which are valid ones of their table."""
    rows = matching.decide_all(list(performers))
    of_several_states(MatchedArtists).validate(decisions_frame(rows))
    return rows


def acts(count, **fields):
    return [performer(key=f"act {n}", name=f"Act {n}", **fields) for n in range(count)]


def override(artist_id):
    return Override("Paper Lantern", KEY, artist_id)


def test_a_performer_is_searched_for_and_the_row_keeps_the_answer():
    search = FakeSearch(LANTERN)
    (row,) = decide(matcher(search), performer())
    assert (row["outcome"], row["method"], row["spotify_artist_id"]) == (
        "matched", "search", "artist-1",
    )  # fmt: skip
    assert row["queries"] == search.asked == ["Paper Lantern"]
    assert [track["track_id"] for track in row["found_tracks"]] == ["song of artist-1"]
    assert row["asked_at"] == NOW


def test_the_ladder_says_what_is_searched_next():
    search = FakeSearch(LANTERN)
    (row,) = decide(matcher(search), performer(name="Paper Lantern (DJ Set)"))
    assert row["queries"] == search.asked == ["Paper Lantern (DJ Set)", "Paper Lantern"]
    assert row["outcome"] == "matched"


def test_the_search_is_not_even_made_where_nothing_is_to_be_asked():
    def no_search():
        pytest.fail("nothing is to be asked")

    matching = ArtistMatcher(
        no_search,
        earlier={KEY: some_evidence()},
        due={},
        overrides={},
        now=NOW,
        log=logging.getLogger("test"),
    )
    rows = decide(matching, performer(), performer(key="fest", act_kind="festival"))
    assert [row["outcome"] for row in rows] == ["matched", "rejected"]
    assert matching.usage == ApiUsage()


def test_a_link_of_the_event_site_is_believed_and_the_search_brings_the_songs():
    search = FakeSearch(LANTERN)
    (row,) = decide(matcher(search), performer(source_spotify_artist_id="artist-1"))
    assert (row["method"], search.asked) == ("source_link", ["Paper Lantern"])


def test_a_link_of_the_event_site_waits_until_it_can_be_checked():
    matching = matcher(FakeSearch(failures=[Transient("Cut.")]))
    (row,) = decide(matching, performer(source_spotify_artist_id="artist-1"))
    assert row["outcome"] == "pending"


def test_a_linked_page_that_no_search_found_is_looked_up_and_what_that_spared_is_counted():
    search = FakeSearch(LANTERN)
    billed = {"name": "Paper Lantern with Special Guests", "key": "paper lantern with guests"}
    matching = matcher(search)
    (row,) = decide(matching, performer(**billed, source_spotify_artist_id="artist-1"))
    assert (row["method"], row["spotify_artist_name"]) == ("source_link", "Paper Lantern")
    assert search.asked == [billed["name"], "artist-1"]
    assert matching.spared_by_links == 1


def test_a_link_that_leads_nowhere_or_to_somebody_else_is_not_followed():
    other = FoundArtist("artist-9", "Harbour Choir", (), None, None, None)
    for artists in ((), (other,)):
        search = FakeSearch(*artists)
        (row,) = decide(matcher(search), performer(source_spotify_artist_id="artist-9"))
        assert row["outcome"] == "rejected"
        assert search.asked.count("artist-9") == 1


def test_a_twin_in_another_state_costs_no_call():
    search = FakeSearch(LANTERN)
    matching = matcher(search)
    here, there = decide(matching, performer(), performer(state="PA", shows=3))
    assert search.asked == ["Paper Lantern"]
    assert (there["state"], there["method"], there["shows"]) == ("PA", "known", 3)
    assert there["spotify_artist_id"] == here["spotify_artist_id"]
    assert matching.outcomes == {"matched": 2}


def test_a_twin_of_somebody_who_is_pending_is_asked_about_again():
    search = FakeSearch(LANTERN, failures=[Transient("Cut.")])
    here, there = decide(matcher(search), performer(), performer(state="PA"))
    assert (here["outcome"], there["outcome"]) == ("pending", "matched")
    assert search.asked == ["Paper Lantern", "Paper Lantern"]


def test_one_failure_postpones_one_performer_and_is_told():
    search = FakeSearch(failures=[None, Transient("Cut.")])
    matching = matcher(search)
    rows = decide(matching, *acts(3))
    assert [row["outcome"] for row in rows] == ["rejected", "pending", "rejected"]
    assert rows[1]["reason"] == "Not asked yet: Cut."
    assert str(matching.failure) == "Cut."
    assert matching.answered == 2


def test_three_failures_in_a_row_stop_it():
    search = FakeSearch(failures=[Transient(f"Cut {n}.") for n in range(9)])
    matching = matcher(search)
    rows = decide(matching, *acts(6))
    assert {row["outcome"] for row in rows} == {"pending"}
    assert search.asked == ["Act 0", "Act 1", "Act 2"]
    assert {row["reason"] for row in rows} == {"Not asked yet: Cut 0."}


def test_an_answer_in_between_starts_the_count_anew():
    cut = Transient("Cut.")
    search = FakeSearch(failures=[cut, cut, None, cut, cut, None])
    rows = decide(matcher(search), *acts(6))
    assert [row["outcome"] for row in rows].count("pending") == 4
    assert len(search.asked) == 6


def test_a_source_that_is_down_is_asked_once():
    search = FakeSearch(failures=[WrongKey("Your keys are refused.")] * 3)
    rows = decide(matcher(search), *acts(3))
    assert search.asked == ["Act 0"]
    assert {row["reason"] for row in rows} == {"Not asked yet: Your keys are refused."}


def test_the_end_of_the_day_leaves_kept_answers_to_be_had_and_its_first_word_counts():
    # The ledger refuses the others without a call, and the cache still answers.
    spent = [BudgetSpent(f"No calls left, {n}.") for n in range(5)]
    search = FakeSearch(failures=[QuotaExceeded("Come back tomorrow."), *spent, None])
    matching = matcher(search)
    rows = decide(matching, *acts(7))
    assert [row["outcome"] for row in rows] == ["pending"] * 6 + ["rejected"]
    assert {row["reason"] for row in rows[:6]} == {"Not asked yet: Come back tomorrow."}
    assert isinstance(matching.failure, QuotaExceeded)


def test_the_first_failure_since_the_last_answer_is_the_one_that_is_told():
    search = FakeSearch(failures=[Transient("Old."), None, Transient("New."), Transient("Newer.")])
    matching = matcher(search)
    decide(matching, *acts(4))
    assert str(matching.failure) == "New."


def test_an_end_says_more_than_a_failure_of_one_question():
    search = FakeSearch(failures=[Transient("Cut."), BudgetSpent("Spent."), BudgetSpent("Still.")])
    matching = matcher(search)
    decide(matching, *acts(3))
    assert str(matching.failure) == "Spent."


def test_somebody_who_is_due_is_asked_about_from_scratch():
    search = FakeSearch(LANTERN)
    again_at = NOW - timedelta(hours=1)
    known = some_evidence()
    known.misses = 2
    due = {("NY", KEY): {"outcome": "rejected", "ask_again_at": again_at}}
    (row,) = decide(matcher(search, earlier={KEY: known}, due=due), performer())
    assert search.asked == [("Paper Lantern", again_at)]
    assert (row["outcome"], row["misses"]) == ("matched", 0)


def test_the_rows_of_those_who_are_due_stay_where_nobody_answers():
    search = FakeSearch(failures=[BudgetSpent("Spent.")])
    due = {"outcome": "rejected", "ask_again_at": NOW}
    matching = matcher(search, due={("NY", KEY): due})
    assert matching.decide_all([performer()]) == [due]
    assert str(matching.failure) == "Spent."


def test_an_override_to_nobody_costs_no_call():
    search = FakeSearch(LANTERN)
    (row,) = decide(matcher(search, overrides=[override(None)]), performer())
    assert (row["outcome"], row["method"], search.asked) == ("rejected", "override", [])


def test_an_override_to_an_artist_brings_that_artist_s_tracks():
    search = FakeSearch(LANTERN, LANTERNS)
    known = {KEY: some_evidence()}
    (row,) = decide(matcher(search, earlier=known, overrides=[override("artist-2")]), performer())
    assert (row["spotify_artist_name"], row["method"]) == ("Paper Lanterns", "override")
    assert search.asked == ["Paper Lanterns"]
    assert any(track["artist_ids"] == ["artist-2"] for track in row["found_tracks"])


def test_an_override_to_an_artist_no_search_returned_looks_it_up():
    search = FakeSearch(LANTERNS)
    (row,) = decide(matcher(search, overrides=[override("artist-2")]), performer())
    assert (row["spotify_artist_name"], row["method"]) == ("Paper Lanterns", "override")
    assert search.asked == ["artist-2", "Paper Lanterns"]


@pytest.mark.parametrize("refusal", [NotFound("No."), Permanent("Bad id.")])
def test_an_override_to_an_unknown_artist_is_told_and_the_rules_decide(refusal):
    search = FakeSearch(LANTERN, failures=[refusal])
    matching = matcher(search, overrides=[override("no-such-artist")])
    (row,) = decide(matching, performer())
    assert (row["method"], row["spotify_artist_id"]) == ("search", "artist-1")
    assert matching.unknown_overrides == {KEY: "no-such-artist"}
    assert matching.failure is None


def test_an_override_waits_where_nobody_can_say_who_the_artist_is():
    search = FakeSearch(LANTERN, failures=[Transient("Cut.")])
    matching = matcher(search, overrides=[override("artist-2")])
    (row,) = decide(matching, performer())
    assert (row["outcome"], row["reason"]) == ("pending", "Not asked yet: Cut.")
    assert matching.unknown_overrides == {}


def test_an_override_makes_an_artist_of_what_is_taken_for_none():
    search = FakeSearch(LANTERN)
    venue = performer(act_kind="other")
    (row,) = decide(matcher(search, overrides=[override("artist-1")]), venue)
    assert (row["outcome"], row["method"]) == ("matched", "override")


class Refusing(FakeSearch):
    """Takes no question about an act with a number."""

    def search(self, name, *, newer_than=None):
        answer = super().search(name, newer_than=newer_than)
        if name.startswith("Act "):
            raise REFUSED
        return answer


REFUSED = Permanent("Spotify answered 400: the query is too long.", status=400)


@pytest.mark.parametrize("refused", [1, 3, 7, 14])
def test_a_query_that_is_refused_for_good_decides_that_performer_alone(refused):
    search = Refusing(LANTERN)
    matching = matcher(search)
    rows = decide(matching, *acts(refused), performer(), *acts(refused, state="PA"))
    assert [row["outcome"] for row in rows[: refused + 1]] == ["rejected"] * refused + ["matched"]
    assert all("the query is too long" in row["reason"] for row in rows[:refused])
    assert all(row["ask_again_at"] > NOW for row in rows[:refused])
    names = [query for query in search.asked if isinstance(query, str)]
    assert names == [f"Act {n}" for n in range(refused)] + ["Paper Lantern"], "nobody twice"
    assert len(search.asked) - len(names) <= 1 + refused // 3, "plain questions, to be sure"
    assert matching.failure is None
    assert matching.outcomes == {"rejected": 2 * refused, "matched": 1, "pending": 0}


def test_whoever_is_refused_alone_is_decided_once_a_plain_question_was_answered():
    search = FakeSearch(failures=[REFUSED])
    (row,) = decide(matcher(search), performer())
    assert (row["outcome"], len(search.asked)) == ("rejected", 2)


def test_a_way_of_asking_that_is_always_refused_is_an_outage_and_rejects_nobody():
    search = FakeSearch(failures=[REFUSED] * 99)
    matching = matcher(search)
    rows = decide(matching, *acts(30))
    assert {row["outcome"] for row in rows} == {"pending"}
    assert len(search.asked) == 4
    assert matching.failure is REFUSED
    assert all("too long" in row["reason"] for row in rows)


def test_a_refusal_of_a_few_does_not_add_up_with_failures_of_the_line():
    cut = Transient("Cut.")
    search = FakeSearch(failures=[cut, REFUSED, cut, None])
    rows = decide(matcher(search), *acts(4))
    assert [row["outcome"] for row in rows] == ["pending", "rejected", "pending", "rejected"]


def test_a_refusal_that_is_not_about_the_question_is_a_failure():
    search = FakeSearch(failures=[None, Permanent("Not allowed.", status=403), None])
    rows = decide(matcher(search), *acts(3))
    assert [row["outcome"] for row in rows] == ["rejected", "pending", "rejected"]


SONG_QUERIES = [f'artist:"{name}"' for name in "abcdefg"]


def test_songs_are_asked_for_in_order_and_what_came_is_told_by_query():
    search = FakeSearch()
    matching = matcher(search)
    found = matching.search_songs(SONG_QUERIES)
    assert search.asked == list(found) == SONG_QUERIES
    assert [track.track_id for track in found[SONG_QUERIES[0]]] == [SONG_QUERIES[0]]
    assert (matching.failure, matching.usage.sent) == (None, 7)


def test_songs_are_not_asked_for_once_the_budget_is_spent():
    search = FakeSearch(failures=[None, BudgetSpent("No calls left.")])
    matching = matcher(search)
    assert list(matching.search_songs(SONG_QUERIES)) == SONG_QUERIES[:1]
    assert search.asked == SONG_QUERIES[:2]
    assert str(matching.failure) == "No calls left."


def test_a_failure_passes_over_one_artist_and_an_outage_ends_the_asking():
    cut = Transient("Cut.")
    search = FakeSearch(failures=[cut, None, cut, cut, cut])
    assert list(matcher(search).search_songs(SONG_QUERIES)) == SONG_QUERIES[1:2]
    assert search.asked == SONG_QUERIES[:5]


def test_an_outage_that_stopped_the_deciding_leaves_songs_unasked():
    search = FakeSearch(failures=[WrongKey("Your keys are refused.")])
    matching = matcher(search)
    decide(matching, performer())
    assert matching.search_songs(SONG_QUERIES) == {}
    assert search.asked == ["Paper Lantern"]


def test_a_refused_song_search_is_one_in_vain_only_if_others_are_answered():
    search = FakeSearch(failures=[REFUSED, REFUSED])
    found = matcher(search).search_songs(SONG_QUERIES)
    assert set(found) == set(SONG_QUERIES)
    assert [found[query] for query in SONG_QUERIES[:2]] == [(), ()]
    search = FakeSearch(failures=[REFUSED] * 9)
    assert matcher(search).search_songs(SONG_QUERIES) == {}
    assert len(search.asked) == 3


def test_an_act_of_a_text_that_was_searched_whole_costs_no_call():
    search = FakeSearch(LANTERN)
    known = some_evidence()
    text = "An Evening with Paper Lantern"
    known.answers = {text: known.answers["Paper Lantern"]}
    earlier = {"an evening with paper lantern": known}
    act = performer(billed_texts=(text,))
    (row,) = decide(matcher(search, earlier=earlier), act)
    assert search.asked == []
    assert (row["performer_key"], row["spotify_artist_id"], row["rule"]) == (
        KEY, "artist-1", "evening_with",
    )  # fmt: skip
    # Newer rules decide again from what the row keeps, without a call.
    again = {KEY: evidence_of(row)}
    (same,) = decide(matcher(search, earlier=again), act)
    assert search.asked == []
    assert same["spotify_artist_id"] == "artist-1"
