"""The sources of a catalogue's data sets: the release, the settings, the words.

In: a request context. Out: a `PortalContext`, and a digest of the settings for entity tags.
"""

from dataclasses import dataclass

from publish.config import Config
from publish.http.response import make_etag
from publish.web.context import RequestContext, site
from publish.web.served_release import ServedRelease
from publish.web.texts import LANGUAGES, Catalogue, Texts


@dataclass(frozen=True)
class PortalContext:
    """Where data sets are taken from: a release, the settings, the releases that are kept."""

    serving: ServedRelease
    config: Config
    wording: Catalogue
    kept: frozenset[str]

    @property
    def base(self) -> str:
        """What every identifier begins with."""
        return self.config.base

    def text(self, key: str, **values: object) -> dict[str, str]:
        """Return words of the interface in each language."""
        return {lang: Texts(lang, self.wording)(key, **values) for lang in LANGUAGES}


def portal_context(context: RequestContext) -> PortalContext:
    """Return where data sets are taken from."""
    kept = frozenset(site().current.ids())
    return PortalContext(context.serving, context.site.config, context.site.catalogue, kept)


def settings_of(portal: PortalContext) -> str:
    """Return a digest of the settings that a description depends on beyond the release."""
    config = portal.config
    return make_etag(
        config.publisher,
        config.contact_name,
        config.contact_email,
        config.homepage,
        config.licence,
        *sorted(portal.kept),
    )
