"""The catalogue, as each kind of portal reads it.

In: the release and the settings. Out: DCAT, CKAN packages, spreadsheets and pages.
`data_sets` collects the data sets and `context` what they share; `catalogue` answers /catalog and
`catalogue_page` shows it; `ckan` answers the read part of CKAN's API with `packages`;
`structured_data` writes schema.org; `government_catalogue` fills Thailand's own form.
"""
