"""Everything that speaks HTTP, and the command line. `publish` imports `graph`, never back.

A request comes in through `server` (uvicorn), where each client is a `connection`, `asgi` (what is
quick on its loop, the rest in threads), `environ` (which makes WSGI of it) and `front` (the answers
already made, which `passing` hands it), and then either `sparql` takes it, or the Flask application
that `app` puts together.

The program
    `cli` is `km`, with `check_commands`, `publish_command`, `release_commands` and
    `query_command`; `config` has the settings, `terminal` speaks to whoever runs it.
What every request needs
    `site` hangs it on the app: the release in service (`current`, `stores`), the words (`texts`,
    `thai`), the addresses (`links`), the names of things (`labels`). `negotiate` and `http` say
    what RFC 9110 says, `variants` sends one resource in all its formats, `errors` has every status.
Things and their pages
    `resources` has their addresses. `document` makes the page of a thing from a `view` of it, with
    a form of its own for some kinds (`forms`: the modules `page_*`) and `sections` that many share;
    `relation` pages a hub, `gone` answers for what is no more. `pages` holds what `templates/` get,
    nothing else, and `markup` writes the words and links in them.
    `bars`, `chart`, `neighbours`, `timeline` and `qr` draw; `structured` and `signposts` tell
    programs what a page is about.
Ways in
    `home`, `search` (`search_page`, `highlight`), `lists`, `near_names`, `terms` (the vocabulary),
    `rules` (the shapes), `quality`, `saved` and `question` (the saved questions).
The endpoint
    `protocol` reads a request, `sparql_wants` says what that asks of the engine and `sparql_reply`
    what is answered; `engine` has the workers (`engine_process`, `engine_worker`, `lanes`,
    `lease`), `remote_engine` asks a server instead; `query_page` is for people.
For portals
    `dumps` and `downloads`, `catalog` and `data_sets`, `ckan`, `packages` and `government_catalog`;
    `history`, `changes`, `feeds` and `memento` tell what changed.
"""
