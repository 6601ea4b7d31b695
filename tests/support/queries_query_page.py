"""What the tests of publish.queries.query_page share."""

from support.programs import needs_chromium

PLANS = "SELECT ?name { ?plan a km:Plan ; skos:prefLabel ?name FILTER(LANG(?name) = 'th') }"


in_browser = needs_chromium
