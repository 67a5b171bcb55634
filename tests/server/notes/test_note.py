"""Notes in both languages, as a seller reads them; and what holds of every note."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from hypothesis import given
from hypothesis import strategies as st
from tests.server.notes.leads import LEADS, TODAY, ago, events, gave, model, refused

from tamis.language import number
from tamis.model.spec import EventRule
from tamis.reports.phrases import dimension_name, play_name, rule_name
from tamis.server import notes
from tamis.server.notes.facts import (
    Contribution,
    DimensionFact,
    EventFact,
    EventsFact,
    FieldFact,
    MeetingFact,
    NoteFacts,
    OutcomeFact,
    PlayFact,
    RefusalFact,
    ScoreFact,
    Sentence,
)
from tamis.server.notes.note import MOST_WORDS, call_note, words_of
from tamis.server.notes.said import in_letters, lasting, shortened, speakable, when

ENGLISH = {
    "hot_company": [
        "To do: “fast track”.",
        "Marketing director at North Sails.",
        "Main actions: asked for a demo (yesterday); read the pricing page (three times, most "
        "recently on Tuesday); answered our calls (three weeks ago).",
        "Last contact: a call, three weeks ago.",
        "Since then: three new actions.",
        "The score has gone from 42 to 68 since then.",
        "What lowers the score: did not pick up the phone (twice, most recently four weeks ago).",
        "Preferred channel: e-mail (2 of 3 actions).",
        "Profile: decides on such a purchase; works in an industry that we serve (software); "
        "company of the right size (1,200).",
    ],
    "back_from_silence": [
        "Company: Atelier Léon.",
        "Main actions: visited the site (twice, most recently on Tuesday); read the pricing page "
        "(three months ago).",
        "Back on Tuesday after three months of silence.",
    ],
    "consumer_with_a_basket": [
        "To do: “call by an adviser”.",
        "Main actions: put something in the basket (twice, most recently today); asked the "
        "chatbot a question (yesterday).",
        "What lowers the score: unsubscribed from our e-mails (two weeks ago).",
        "Chosen channel: phone.",
    ],
    "customer_of_two_products": [
        "To do: “several products”.",
        "Title: CTO.",
        "Main actions: asked for Pilot (a week ago); downloaded or watched something about Flow "
        "(twice, most recently nine days ago).",
        "Interests: Interest in Flow (58 out of 100); Interest in Pilot (46 out of 100).",
        "Last deal: won eight months ago.",
        "Preferred channel: meeting in person (2 of 2 actions).",
        "Preferred format: webinars (2 of 3 actions).",
    ],
    "without_events": ["Title: Head of sales.", "Profile: decides on such a purchase."],
    "refused": ["This person asked not to be profiled (12 days ago): there is no note."],
}
FRENCH = {
    "hot_company": [
        "À faire : « voie rapide ».",
        "Marketing director chez North Sails.",
        "Actions principales : a demandé une démo (hier) ; a lu la page des tarifs (trois fois, "
        "la dernière fois mardi) ; a répondu à nos appels (il y a trois semaines).",
        "Dernier contact : un appel, il y a trois semaines.",
        "Depuis : trois nouvelles actions.",
        "Entre-temps, le score est passé de 42 à 68.",
        "Ce qui fait baisser le score : n'a pas décroché (deux fois, la dernière fois il y a "
        "quatre semaines).",
        "Canal préféré : e-mail (2 actions sur 3).",
        "Profil : décide de ce type d'achat ; travaille dans un secteur que nous servons "
        "(software) ; entreprise de la bonne taille (1 200).",
    ],
    "back_from_silence": [
        "Entreprise : Atelier Léon.",
        "Actions principales : a visité le site (deux fois, la dernière fois mardi) ; a lu la "
        "page des tarifs (il y a trois mois).",
        "Activité reprise mardi, après trois mois de silence.",
    ],
    "consumer_with_a_basket": [
        "À faire : « appel d'un conseiller ».",
        "Actions principales : a mis un article au panier (deux fois, la dernière fois "
        "aujourd\u2019hui) ; a posé une question au chatbot (hier).",
        "Ce qui fait baisser le score : s'est désabonné de nos e-mails (il y a deux semaines).",
        "Canal choisi : téléphone.",
    ],
    "customer_of_two_products": [
        "À faire : « plusieurs produits ».",
        "Fonction : CTO.",
        "Actions principales : a demandé Pilot (il y a une semaine) ; a téléchargé ou suivi un "
        "contenu sur Flow (deux fois, la dernière fois il y a neuf jours).",
        "Centres d\u2019intérêt : Intérêt pour Flow (58 sur 100) ; Intérêt pour Pilot (46 sur "
        "100).",
        "Dernière affaire : gagnée il y a huit mois.",
        "Canal préféré : rencontre en personne (2 actions sur 2).",
        "Format préféré : webinaires (2 actions sur 3).",
    ],
    "without_events": ["Fonction : Head of sales.", "Profil : décide de ce type d'achat."],
    "refused": [
        "Cette personne a refusé le profilage (il y a 12 jours) : il n\u2019y a donc pas de note."
    ],
}


def texts(facts: NoteFacts, language: str = "en") -> list[str]:
    return [sentence.text for sentence in call_note(facts, language).sentences]


@pytest.mark.parametrize("kind", LEADS)
def test_english_notes(kind):
    assert texts(LEADS[kind]()) == ENGLISH[kind]


@pytest.mark.parametrize("kind", LEADS)
def test_french_notes(kind):
    said = texts(LEADS[kind](), "fr")
    # Here the spaces that keep marks on their line are written as plain ones, to be read.
    assert [re.sub("[\u00a0\u202f]", " ", text) for text in said] == FRENCH[kind]


def test_french_marks_never_begin_a_line():
    for kind in LEADS:
        for text in texts(LEADS[kind](), "fr"):
            assert not re.search(r" [:;»]|« ", text)


def test_every_sentence_shows_its_facts():
    note = call_note(LEADS["hot_company"](), "en")
    shown = {sentence.text.split(":")[0]: sentence.facts for sentence in note.sentences}
    assert shown["To do"] == (PlayFact("fast_track"),)
    assert shown["Since then"] == (
        EventFact("m4", "call_answered", ago(20), "phone"),
        EventsFact(("m0", "m1", "m3")),
    )
    assert shown["The score has gone from 42 to 68 since then."][1:] == (
        ScoreFact(ago(20), Decimal("41.50"), 9),
        ScoreFact(TODAY, Decimal("67.81")),
    )
    assert shown["Preferred channel"] == (EventsFact(("m6", "m7")), EventsFact(("m4", "m6", "m7")))


def test_of_who_refused_nothing_is_said_even_if_it_is_given():
    facts = LEADS["hot_company"]()
    silent = NoteFacts(model=facts.model, today=TODAY, refusal=RefusalFact(), fields=facts.fields)
    assert texts(silent) == ["This person asked not to be profiled: there is no note."]
    assert len(texts(refused())) == 1


def test_without_facts_there_is_no_sentence():
    assert texts(NoteFacts(model=model("b2b"), today=TODAY)) == []


@pytest.mark.parametrize(
    "value",
    ["ask bob@acme.example", "call 06 12 34 56 78", "https://x.example", "x" * 61, "", None, 7],
)
def test_addresses_and_phone_numbers_in_texts_are_not_told(value):
    fields = [FieldFact("lead", "job_title", value), FieldFact("account", "name", value)]
    assert texts(NoteFacts(model=model("b2b"), today=TODAY, fields=fields)) == []


def test_a_play_that_is_no_hand_off_is_not_to_be_done():
    assert texts(NoteFacts(model=model("b2b"), today=TODAY, play=PlayFact("wake_up"))) == []
    assert texts(NoteFacts(model=model("b2b"), today=TODAY, play=PlayFact("gone"))) == []


def test_a_value_that_a_rule_does_not_list_is_no_trait():
    fields = [FieldFact("account", "industry", "fishing")]
    facts = NoteFacts(
        model=model("products"), today=TODAY, fields=fields, contributions=[gave("industry", "5")]
    )
    assert texts(facts) == []


def test_a_code_is_left_out_beside_its_label():
    fields = [FieldFact("lead", "source", "trade_show")]
    facts = NoteFacts(
        model=model("b2b"), today=TODAY, fields=fields, contributions=[gave("channel", "25")]
    )
    assert texts(facts) == ["Profile: came by a channel that sells."]


def test_our_own_acts_are_no_actions_of_theirs():
    told = events(("email_sent", 1), ("call_missed", 2), ("meeting_held", 3))
    assert texts(NoteFacts(model=model("b2b"), today=TODAY, events=told)) == [
        "Last contact: a meeting, on Thursday."
    ]


@pytest.mark.parametrize(
    ("met", "contact", "new"),
    [
        (10, "a meeting, ten days ago", "one"),
        (3, "a meeting, on Thursday", "one"),
        (12, "a call, ten days ago", "two"),
    ],
)
def test_a_meeting_that_was_recorded_is_a_contact(met, contact, new):
    told = events(("search", 1), ("demo_request", 10), ("call_answered", 10))
    facts = NoteFacts(
        model=model("b2b"), today=TODAY, events=told, meeting=MeetingFact(7, ago(met))
    )
    counts = {"one": "1 new action", "two": "two new actions"}
    assert texts(facts) == [f"Last contact: {contact}.", f"Since then: {counts[new]}."]


def test_a_return_is_news_for_two_weeks():
    def said(days: int) -> list[str]:
        told = events(("session_start", days), ("session_start", days + 30))
        return texts(NoteFacts(model=model("fit-activity"), today=TODAY, events=told))

    assert said(14) == ["Back two weeks ago after four weeks of silence."]
    assert said(15) == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("email_click", 1, "email")], []),  # once is no preference
        ([("email_click", 1, "email"), ("search", 2, "chat")] * 2, []),  # two are even
        ([("page_view", 1, "web")] * 3, []),  # nobody is reached by a page
        ([("unsubscribe", 1, "email"), ("email_click", 2, "email")] * 2, []),
        (
            [("email_click", 1, "EMAIL"), ("search", 2, "email"), ("search", 3, "chat")],
            ["Preferred channel: e-mail (2 of 3 actions)."],
        ),
    ],
)
def test_a_preference_is_shown_by_most_of_several_actions(told, expected):
    assert texts(NoteFacts(model=model("b2b"), today=TODAY, events=events(*told))) == expected


def test_a_stated_format_goes_before_what_they_did():
    facts = NoteFacts(
        model=model("b2b"),
        today=TODAY,
        fields=[FieldFact("lead", "preferred_format", "Video")],
        events=events(("content_download", 1), ("content_download", 2)),
    )
    assert texts(facts) == ["Chosen format: videos."]


# ---------------------------------------------------------------- what holds of every note

MODELS = [model(name) for name in ("b2b", "products", "b2c", "customer")]
NAMES = sorted(
    {name for one in MODELS for rule in one.event_rules for name in rule.events}
    | {"email_sent", "demo_held", "something_else"}
)
DAYS = st.integers(0, 1000).map(lambda days: TODAY - timedelta(days=days))
WORDS = st.sampled_from(["Head of sales", "Ünal & Sons 24", "bob@x.example", "06 12 34 56 78 90"])
DATED = EventFact | OutcomeFact | MeetingFact
POINTS = st.decimals(-50, 50, places=2)


@st.composite
def note_facts(draw: st.DrawFn) -> NoteFacts:
    chosen = draw(st.sampled_from(MODELS))
    counted = st.builds(
        Contribution,
        st.just("some"),
        st.sampled_from([rule.id for rule in chosen.rules if isinstance(rule, EventRule)]),
        POINTS,
        st.integers(0, 40),
        st.none() | DAYS,
    )
    plain = [rule.id for rule in chosen.attribute_rules]
    traits = st.builds(Contribution, st.just("some"), st.sampled_from([*plain, "manual"]), POINTS)
    channels = st.none() | st.sampled_from(["email", "phone", "web", "chat", "odd"])
    days = draw(st.lists(DAYS, max_size=12).map(lambda found: sorted(found, reverse=True)))
    told = [
        EventFact(f"m{place}", draw(st.sampled_from(NAMES)), day, draw(channels))
        for place, day in enumerate(days)
    ]
    values = WORDS | st.integers(0, 100_000)
    names = [("lead", "job_title"), ("account", "name"), ("account", "employees")]
    return NoteFacts(
        model=chosen,
        today=TODAY,
        play=draw(st.none() | st.sampled_from(chosen.plays).map(lambda play: PlayFact(play.id))),
        fields=[FieldFact(table, name, draw(values)) for table, name in names],
        contributions=draw(st.lists(counted | traits, max_size=10)),
        dimensions=[
            DimensionFact(d.name, draw(st.decimals(0, 100, places=2)), d.high)
            for d in chosen.dimensions
        ],
        events=told,
        meeting=draw(st.none() | st.builds(MeetingFact, st.just(7), DAYS)),
        outcomes=draw(
            st.lists(st.builds(OutcomeFact, WORDS, st.sampled_from(["won", "lost"]), DAYS))
        ),
        scores=[
            ScoreFact(day, draw(st.decimals(0, 100, places=2)), place)
            for place, day in enumerate(draw(st.lists(DAYS, max_size=4).map(descending)))
        ],
    )


def descending(days: list[date]) -> list[date]:
    return sorted(days, reverse=True)


@given(note_facts(), st.sampled_from(["en", "fr"]))
def test_a_note_is_short_and_every_sentence_stands_on_facts_of_the_lead(facts, language):
    sentences = call_note(facts, language).sentences
    assert sum(words_of(sentence.text) for sentence in sentences) <= MOST_WORDS
    assert len({sentence.text for sentence in sentences}) == len(sentences)
    known = {id_(fact) for fact in (*facts.fields, *facts.contributions, *facts.dimensions)}
    known |= {
        id_(fact)
        for fact in (*facts.events, *facts.outcomes, *facts.scores, facts.play, facts.meeting)
    }
    messages = {event.message_id for event in facts.events}
    for sentence in sentences:
        assert sentence.facts
        for fact in sentence.facts:
            if isinstance(fact, EventsFact):
                assert fact.message_ids
                assert set(fact.message_ids) <= messages
            else:
                assert id_(fact) in known


def id_(fact: object) -> str:
    return repr(fact)


@given(note_facts(), st.sampled_from(["en", "fr"]))
def test_what_a_sentence_says_is_in_its_facts(facts, language):
    for sentence in call_note(facts, language).sentences:
        rest = sentence.text
        for told in sorted(told_by(facts, sentence, language), key=len, reverse=True):
            rest = rest.replace(told, " ")
        assert not re.search("[0-9@]", rest), sentence.text
        if language == "en":
            assert set(re.findall("[a-z]+", rest.lower())) <= FIXED, sentence.text


def told_by(facts: NoteFacts, sentence: Sentence, language: str) -> set[str]:
    """All names, values, numbers and days that the facts of a sentence give it to say."""
    days = [fact.day for fact in sentence.facts if isinstance(fact, DATED)]
    found = set()
    for fact in sentence.facts:
        match fact:
            case PlayFact():
                plays = [play for play in facts.model.plays if play.id == fact.play]
                found |= {play_name(play, language) for play in plays}
            case FieldFact():
                found |= {speakable(fact.value)}
                found |= {number(fact.value, language)} if isinstance(fact.value, int) else set()
            case Contribution():
                rule = facts.model.rule(fact.rule)
                assert rule
                found |= {
                    shortened(rule_name(rule, language)),
                    in_letters(fact.count or 0, language),
                }
                days += [fact.last_day] if fact.last_day else []
            case DimensionFact():
                dimension = facts.model.dimension(fact.dimension)
                assert dimension
                found |= {dimension_name(dimension, language)}
                found |= {number(n, language, decimals=0) for n in (fact.value, fact.most)}
            case ScoreFact():
                found |= {number(fact.score, language, decimals=0)}
            case EventsFact():
                count = len(fact.message_ids)
                found |= {in_letters(count, language), number(count, language)}
    found |= {when(day, facts.today, language) for day in days}
    found |= {
        lasting((one - other).days, language) for one in days for other in days if one > other
    }
    return found - {""}


def fixed_words() -> set[str]:
    """The words of the notes' own texts, but for days and numbers."""
    folder = Path(notes.__file__).parent
    found = [("**.py", "python")]
    all_texts = extract_from_dir(str(folder), method_map=found)
    kept = [text for path, _, text, *_ in all_texts if path not in ("said.py",)]
    flat = [one for text in kept for one in ([text] if isinstance(text, str) else text)]
    plain = " ".join(re.sub(r"\{[^}]*\}", " ", text) for text in flat)
    return set(re.findall("[a-z]+", plain.lower()))


FIXED = fixed_words()
