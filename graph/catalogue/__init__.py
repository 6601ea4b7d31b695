"""The data sets of a site, described for portals.

In: facts about a release and settings. Out: RDF in the catalogue vocabularies.
`records` has the data sets as plain records; `dcat` writes them in DCAT 3; `void` counts the
release in VoID.
"""
