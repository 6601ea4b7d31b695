"""The table of forms, by the kind of thing.

In: the type in a thing's identifier. Out: the function that makes its `Form` from a view; a kind
that is not named here has the general page.
"""

from collections.abc import Callable, Mapping

from publish.things.forms import entry as page_entry
from publish.things.forms import law as page_law
from publish.things.forms import leaflet as page_leaflet
from publish.things.forms import list as page_list
from publish.things.forms import organisation as page_organisation
from publish.things.forms import service as page_service
from publish.things.forms import source as page_source
from publish.things.forms import topic as page_topic
from publish.things.view import Form, View

#: By the type in the thing's identifier.
FORMS: Mapping[str, Callable[[View], Form]] = {
    "collection": page_list.compose,
    "entry": page_entry.compose,
    "law": page_law.compose,
    "leaflet": page_leaflet.compose,
    "org": page_organisation.compose,
    "plan": page_list.compose,
    "service": page_service.compose,
    "source": page_source.compose,
    "topic": page_topic.compose,
}
