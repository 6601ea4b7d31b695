"""The server of `km serve`.

In: connections. Out: the application's answers, kept in memory until the next release.
`stack` puts the site together; `run` serves it in one process, `supervisor` in as many as there
are cores. `http_connection` bounds each client; `asgi` answers from the cache, on the loop or in a
thread; `cache` holds answers and `cache_fill` fills it; `compress` packs them; `wsgi` calls the
Flask application.
"""
