"""The settings: a `km.toml`, each overridable by a `KM_*` variable, checked once at the start.

In: the environment and, where it exists, a TOML file. Out: one frozen `Config` that is handed to
whatever needs it; nothing reads the environment later.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import SettingError
from graph.workers import count_processors

EMBEDDED = "embedded"
_MOST = 64  # processes of either kind


@dataclass(frozen=True)
class Config:
    """Every setting of a site.

    Attributes:
        host: the address to listen on.
        port: the port to listen on, 1 to 65535.
        base: what every IRI of the data begins with; no slash at its end.
        data: the folder where releases live.
        proxy: the IP address of the reverse proxy whose X-Forwarded-For is believed, or nothing.
        keep: how many releases are kept, at least 1.
        plain_mb: dumps of more MiB than this are kept gzipped only.
        processes: processes that the server runs as, at least 1; each works on one processor.
        threads: threads of each that make pages, at least 4 (no client, however slow, holds one).
        workers: processes of each that answer public SPARQL queries, at least 1.
        query_timeout_s: seconds a public query may take.
        query_memory_mb: memory a query worker may take, in MiB.
        cache_mb: memory for answers kept ready to send again, in MiB; 0 keeps none.
        store: `embedded`, or the address of a SPARQL 1.1 server that holds the releases.
        store_query: that server's query address; `query` under `store` where it is empty.
        store_graphs: its graph store address (SPARQL 1.1 Graph Store HTTP Protocol); `store` under
            `store` where it is empty.
        licence: the IRI of the licence of our modelling (words quoted stay their owner's).
        publisher: who publishes the catalogue, as people call them; the organisation itself where
            the site is of one and this is empty.
        contact_name: whom to write to about the data; portals ask for it.
        contact_email: their address.
        homepage: the publisher's own home page.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    base: str = "http://localhost:8000"
    data: Path = Path("var")
    proxy: str = ""
    keep: int = 10
    plain_mb: int = 256
    processes: int = min(_MOST, count_processors())
    threads: int = 32
    workers: int = 3
    query_timeout_s: float = 10.0
    query_memory_mb: int = 1024
    cache_mb: int = 64
    store: str = EMBEDDED
    store_query: str = ""
    store_graphs: str = ""
    licence: str = "https://creativecommons.org/licenses/by/4.0/"
    publisher: str = ""
    contact_name: str = ""
    contact_email: str = ""
    homepage: str = ""

    @property
    def address(self) -> str:
        """Where to listen, as one writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def share(self) -> "Config":
        """The settings of one of the server's processes: it has its part of the cache."""
        return replace(self, processes=1, cache_mb=-(-self.cache_mb // self.processes))


_MAX_WORDS = 300
_EMAIL = re.compile(r"[\w.+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_BOUNDS: dict[str, tuple[float, float]] = {
    "port": (1, 65535),
    "keep": (1, 10_000),
    "plain_mb": (0, 1_048_576),
    "processes": (1, _MOST),
    "threads": (4, 1024),
    "workers": (1, _MOST),
    "query_timeout_s": (0.1, 600),
    "query_memory_mb": (256, 1_048_576),
    "cache_mb": (0, 1_048_576),
}


def load_config(environ: Mapping[str, str], file: Path | None = None) -> Config:
    """Return the settings of `file` (default `km.toml` where it exists), overridden by KM_*.

    Raises SettingError, which names the setting, its place and what is allowed.
    """
    path = file or Path(environ.get("KM_CONFIG", "km.toml"))
    given: dict[str, tuple[object, str]] = {}
    if path.exists():
        given |= {name: (value, str(path)) for name, value in _read_toml(path).items()}
    elif file is not None or "KM_CONFIG" in environ:
        raise SettingError(f"KM_CONFIG: there is no file {path}")
    for field in fields(Config):
        variable = f"KM_{field.name.upper()}"
        if variable in environ:
            given[field.name] = (environ[variable], variable)
    known = {field.name for field in fields(Config)}
    for name, (_, place) in given.items():
        if name not in known:
            allowed = ", ".join(sorted(known))
            raise SettingError(f"{place}: there is no setting {name!r}; the settings are {allowed}")
    return Config(**{name: _check(name, value, place) for name, (value, place) in given.items()})  # type: ignore[arg-type]


def _read_toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingError(f"{path}: {error}") from error


def _check(name: str, value: object, place: str) -> object:
    default = getattr(Config, name)
    if isinstance(default, Path):
        return Path(str(value))
    if isinstance(default, str):
        return _check_text(name, str(value).strip(), place)
    low, high = _BOUNDS[name]
    kind = int if isinstance(default, int) else float
    try:
        number = kind(str(value))
    except ValueError:
        number = None
    if number is None or isinstance(value, bool) or not low <= number <= high:
        what = "a whole number" if kind is int else "a number"
        raise SettingError(
            f"{place}: {name} is {value!r}; write {what} from {low:.9g} to {high:.9g}"
        )
    return number


def _check_proxy(value: str, place: str) -> str:
    try:
        return str(ip_address(value)) if value else ""
    except ValueError:
        message = f"{place}: proxy is {value!r}; write an IP address such as 127.0.0.1, or nothing"
        raise SettingError(message) from None


def _check_text(name: str, value: str, place: str) -> str:
    if name == "proxy":
        return _check_proxy(value, place)
    if name == "host":
        if not value or any(c.isspace() for c in value):
            raise SettingError(f"{place}: host is {value!r}; write an address such as 127.0.0.1")
        return value
    if name.startswith("store"):
        return _check_store(name, value, place)
    if name in ("publisher", "contact_name", "contact_email") or (not value and name == "homepage"):
        return _check_words(name, value, place)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        example = "https://km.example.go.th"
        raise SettingError(f"{place}: {name} is {value!r}; write an http(s) address like {example}")
    return value.rstrip("/") if name == "base" else value


def _check_words(name: str, value: str, place: str) -> str:
    """Return a name or an e-mail address, or nothing: what is not known is left empty."""
    if not value.isprintable() or len(value) > _MAX_WORDS:
        raise SettingError(f"{place}: {name} is {value!r}; write one line of plain text")
    if name == "contact_email" and value and not _EMAIL.fullmatch(value):
        raise SettingError(
            f"{place}: contact_email is {value!r}; write an address like saraban@example.go.th"
        )
    return value


def _check_store(name: str, value: str, place: str) -> str:
    """Return `embedded`, nothing, or an address; it may hold a password, so it is not repeated."""
    if value == (EMBEDDED if name == "store" else ""):
        return value
    try:
        parts = urlsplit(value)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_address &= parts.port != 0 and not parts.query and not parts.fragment
    except ValueError:
        is_address = False
    if not is_address or any(c.isspace() for c in value):
        allowed = "embedded or " if name == "store" else ""
        raise SettingError(
            f"{place}: {name} is no address; write {allowed}an http(s) address like "
            "http://localhost:7878/"
        )
    return value
