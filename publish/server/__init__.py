"""The server of `km serve`.

In: connections. Out: the application's answers, kept in memory until the next release.
`run` serves one process, `supervisor` as many as there are cores. `http_connection` bounds each
client; `asgi` answers from the cache, on the loop or in a thread; `cache` holds answers and
`cache_fill` fills it; `compress` packs them; `wsgi` calls the Flask application.
"""
