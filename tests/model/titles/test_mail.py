"""Addresses: their domain, and whether it is a free or a throw-away mailbox."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.model.titles import (
    disposable_domains,
    email_domain,
    free_domains,
    is_disposable_email,
    is_free_email,
)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna.roy@example.com", "example.com"),
        ("  Anna.Roy@Example.COM  ", "example.com"),
        ("anna+news@mail.example.co.uk", "mail.example.co.uk"),
        ("o'neil@my-firm.fr", "my-firm.fr"),
        ("anna@example.com\r\n", "example.com"),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    assert email_domain(address) == domain


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "   ",
        "n/a",
        "example.com",
        "@example.com",
        "anna@",
        "anna@example",
        "anna@@example.com",
        "anna@firm@example.com",
        "anna@.example.com",
        "anna@example.com.",
        "anna@exa_mple.com",
        "anna@example.com>",
        "anna@gmail.com;paul@gmail.com",
    ],
)
def test_what_is_no_address_has_no_domain(text: str | None) -> None:
    assert email_domain(text) is None
    assert is_free_email(text) is False
    assert is_disposable_email(text) is False


@given(st.text(alphabet=st.sampled_from("ab@.- \nÉ1")))
def test_a_domain_is_made_of_letters_digits_hyphens_and_dots(text: str) -> None:
    domain = email_domain(text)
    if domain is not None:
        assert text.count("@") == 1
        assert re.fullmatch(r"[a-z0-9-]([a-z0-9.-]*[a-z0-9-])?", domain)
        assert "." in domain


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "hotmail.fr",
        "outlook.com",
        "outlook.fr",
        "live.fr",
        "msn.com",
        "yahoo.com",
        "yahoo.fr",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.fr",
        "gmx.de",
        "web.de",
        "proton.me",
        "protonmail.com",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "sfr.fr",
        "neuf.fr",
        "bbox.fr",
        "numericable.fr",
        "club-internet.fr",
        "aliceadsl.fr",
        "voila.fr",
        "skynet.be",
        "bluewin.ch",
        "videotron.ca",
        "mail.ru",
    ],
)
def test_well_known_mailboxes_are_free(domain: str) -> None:
    assert is_free_email(f"anna.roy@{domain}")
    assert not is_disposable_email(f"anna.roy@{domain}")


@pytest.mark.parametrize("domain", ["facebook.com", "alibaba.com", "example.com", "renault.fr"])
def test_companies_are_not_free_mailboxes(domain: str) -> None:
    assert not is_free_email(f"anna.roy@{domain}")


@pytest.mark.parametrize("domain", ["yopmail.com", "mailinator.com", "guerrillamail.com"])
def test_throw_away_mailboxes_are_disposable_and_not_free(domain: str) -> None:
    assert is_disposable_email(f"Anna.Roy@{domain.upper()}")
    assert not is_free_email(f"anna.roy@{domain}")


def test_no_domain_is_both_free_and_disposable() -> None:
    assert not free_domains() & disposable_domains()
    assert len(free_domains()) > 4000
    assert len(disposable_domains()) > 4000


def test_listed_domains_are_domains_of_addresses() -> None:
    listed = free_domains() | disposable_domains()
    assert [domain for domain in listed if email_domain(f"x@{domain}") != domain] == []
