"""Everything that speaks HTTP, and the command line. `publish` imports `graph`, never back.

    request -> server -> app -> things, queries, search ... -> web -> http -> response

Each folder's docstring says what comes in, what goes out and which file does what. A folder
imports only from floors below its own, which a test holds:

    9   cli                               the command `km`
    8   server                            processes, connections, the response cache
    7   app                               puts the site together
    6   search pages releases             search; single pages; history and downloads
    5   things queries                    pages of things; saved questions and the query page
    4   portal drawings                   catalogues; charts
    3   web sparql                        what every page needs; the endpoint
    2   engine                            the query workers
    1   http config                       negotiation and headers; the settings

`templates/`, `static/` and `texts.toml` hold what pages are made with: HTML, styles and scripts,
and the words of the interface in Thai and English.
"""
