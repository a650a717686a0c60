"""The site that a page belongs to: its registered domain."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable

from restorer.errors import MissingDependencyError

__all__ = ["display", "registered"]

_HOST = re.compile(r"[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*")


def registered(hosts: Iterable[str]) -> dict[str, str]:
    """The registered domain of each host, by the list of public suffixes that tldextract carries.

    :param hosts: Hosts of addresses, in lower case.
    :return: Host → domain in ASCII; its own name for a host without a public suffix, empty for what is no host.
    :raises MissingDependencyError: if tldextract is not installed.
    """
    try:
        import tldextract
    except ImportError as error:
        msg = "figures per site need tldextract, which is not installed; pip install 'restorer[batch]'"
        raise MissingDependencyError(msg) from error
    # Neither fetched nor cached: the list that came with the package, the same on every machine.
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    domains: dict[str, str] = {}
    for host in hosts:
        name = _ascii(host)
        domains[host] = (extract(name).top_domain_under_public_suffix or name) if name else ""
    return domains


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
