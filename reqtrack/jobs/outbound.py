"""The one client for addresses that people gave: it looks the name up, checks every address that it has, and connects to one of
those that it checked; no redirects, no proxies, limits on time and size (SAFETY.md O1–O5).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

from reqtrack.errors import Invalid, invalid

SECONDS = 10
# In all, however slowly the other side speaks. What it says beside its status is not read.
MOST_SECONDS = 20
LONGEST = 400
PORTS = {"http": 80, "https": 443}
# Ranges that lead elsewhere than they say: NAT64, 6to4, Teredo. `is_global` lets the first pass.
DISGUISED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """It could not be sent now: the other side is away, slow, or answered that it failed. Worth another try."""


class Forbidden(Exception):
    """The address leads into a network of ours, or is none that may be used: not tried again."""


def check(url: str, allow: str, field: str = "url") -> None:
    """Whether an address may be kept; names are looked up when something is sent.

    Args:
        allow: the setting OUTBOUND_ALLOW: ``host:port`` that may be reached though private, parted by blanks or commas.

    Raises:
        Invalid: no http(s) address, one with a password in it, or an IP address of a private network.
    """
    parts = _parts(url, field)
    host, port = parts.hostname or "", _port(parts)
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    if not (is_public(literal) or allowed(host, port, allow)):
        message = "%(host)s is an address of a private network: the administrator may open it in OUTBOUND_ALLOW."
        raise invalid(field, message, host=host)


def post(url: str, body: bytes, headers: Mapping[str, str], allow: str = "") -> int:
    """Send a body; the status of the answer, which is 2xx.

    Raises:
        Forbidden: the address may not be reached. Unreachable: it did not work this time.
    """
    try:
        parts = _parts(url, "url")
    except Invalid as error:
        raise Forbidden(error.reasons[0].message) from None
    host, port = parts.hostname or "", _port(parts)
    address = _checked(host, port, allow)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    name = f"[{host}]" if ":" in host else host
    told = {"Host": name if port == PORTS[parts.scheme] else f"{name}:{port}", "Connection": "close", **headers}
    connection = HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.sock = _connected(parts.scheme, host, port, address)
        with _at_most(connection.sock):
            connection.request("POST", path, body, told)
            answer = connection.getresponse()
    except (OSError, HTTPException) as error:
        raise Unreachable(f"{host}: {error or type(error).__name__}") from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        raise Unreachable(f"{host} answered {answer.status}")
    return answer.status


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet: no private, shared, local, reserved or multicast one, nor one in disguise."""
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return is_public(mapped)
    if any(address.version == one.version and address in one for one in DISGUISED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def allowed(host: str, port: int, allow: str) -> bool:
    """Whether the administrator opened exactly this host and port."""
    name = f"[{host}]" if ":" in host else host
    return f"{name}:{port}".lower() in allow.replace(",", " ").lower().split()


def _parts(url: str, field: str) -> SplitResult:
    """The parts of an address that may be used.

    Raises:
        Invalid: it is none.
    """
    if len(url) > LONGEST or not url.isascii() or any(ord(one) <= 32 or ord(one) == 127 for one in url):
        raise invalid(field, "An address has at most %(most)s letters, figures and signs of plain ASCII.", most=LONGEST)
    try:
        parts = urlsplit(url)
        _port(parts)
    except ValueError:
        raise invalid(field, "This is no address that can be read.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise invalid(field, "An address begins with https:// or http:// and names a host.")
    if parts.username or parts.password:
        raise invalid(field, "Leave name and password out of the address: what is sent is signed instead.")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or PORTS.get(parts.scheme, 0)


def _checked(host: str, port: int, allow: str) -> str:
    """An address of a host, after all of its addresses were found to be public (or the host was opened)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: {error}") from error
    addresses = [str(one[4][0]) for one in found]
    if not allowed(host, port, allow):
        private = [one for one in addresses if not is_public(ipaddress.ip_address(one.partition("%")[0]))]
        if private:
            raise Forbidden(f"{host} leads to {private[0]}, an address of a private network.")
    return addresses[0]


def _connected(scheme: str, host: str, port: int, address: str) -> socket.socket:
    """A connection to the address that was checked; for https its certificate is that of the host's name."""
    plain = socket.create_connection((address, port), SECONDS)
    if scheme == "http":
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except OSError:
        plain.close()
        raise


@contextmanager
def _at_most(connected: socket.socket) -> Iterator[None]:
    """Hang up when the whole takes too long: a limit on each read does not hold against who sends a byte now and then."""

    def hang_up() -> None:
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(MOST_SECONDS, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
