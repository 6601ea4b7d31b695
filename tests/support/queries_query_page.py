"""What the tests of publish.queries.query_page share."""

PLANS = "SELECT ?name { ?plan a km:Plan ; skos:prefLabel ?name FILTER(LANG(?name) = 'th') }"
