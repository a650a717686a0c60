"""The site that a page belongs to: its registered domain."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from restorer.extras import needed

if TYPE_CHECKING:
    from tldextract import TLDExtract

__all__ = ["display", "listable", "registered"]

_HOST = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*")


def registered(hosts: Iterable[str]) -> dict[str, str]:
    """The registered domain of each host, by the list of public suffixes that tldextract carries.

    :param hosts: Hosts of addresses, in lower case.
    :return: Host → domain in ASCII; its own name for a host without a public suffix, empty for what is no host.
    :raises MissingDependencyError: if tldextract is not installed.
    """
    extract = _extract()
    domains: dict[str, str] = {}
    for host in hosts:
        name = _ascii(host)
        domains[host] = (extract(name).top_domain_under_public_suffix or name) if name else ""
    return domains


def listable(domain: str) -> bool:
    """Whether a blocker may be told to block a domain: not an IP address, nor what many sites share.

    :param domain: A domain, from :func:`registered`.
    :return: False for a public suffix too ("github.io", where every page is somebody else's).
    """
    return bool(_HOST.fullmatch(domain)) and _extract()(domain).top_domain_under_public_suffix == domain


@lru_cache(maxsize=1)
def _extract() -> TLDExtract:
    needed("tldextract", "figures per site need")
    import tldextract

    # Neither fetched nor cached: the list that came with the package, the same on every machine. With its private part:
    # each blog of a host of blogs is a site of its own.
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _ascii(host: str) -> str:
    """The host as it stands in the name system; empty for what is none."""
    bare = host.strip("[]").rstrip(".")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        pass
    try:
        name = unicodedata.normalize("NFKC", bare).encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    return name if _HOST.fullmatch(name) and len(name) < 254 else ""


def display(domain: str) -> str:
    """A domain to be read: in its own letters where it has any beyond ASCII, the ASCII form beside them.

    :param domain: The domain in ASCII.
    :return: The name to show.
    """
    if "xn--" not in domain:
        return domain
    try:
        return f"{domain.encode('ascii').decode('idna')} ({domain})"
    except UnicodeError:
        return domain
