"""Who is calling: the address and scheme of the client behind the proxies that are trusted, and no others."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from .settings import Settings


def client(
    settings: Settings, peer: str, scheme: str, headers: Mapping[str, list[str]]
) -> tuple[str, bool]:
    """Address and whether it came over https. Without a trusted proxy no header is believed."""
    chain = ",".join(headers.get("x-forwarded-for", [])).split(",")
    hops = [*(part.strip() for part in chain if part.strip()), peer]
    trusted = _trusted(settings, hops)
    forwarded = headers.get("x-forwarded-proto", [""])[-1].split(",")[-1].strip()
    https = scheme == "https" or (trusted > 0 and forwarded == "https")
    return hops[max(0, len(hops) - 1 - trusted)], https


def _trusted(settings: Settings, hops: list[str]) -> int:
    if isinstance(settings.proxies, int):
        return settings.proxies
    count = 0
    for hop in reversed(hops):
        try:
            address = ipaddress.ip_address(hop)
        except ValueError:
            break
        if not any(address in network for network in settings.proxies):
            break
        count += 1
    return count
