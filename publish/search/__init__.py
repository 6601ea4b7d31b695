"""Search, for people and programs.

In: words and filters. Out: a page, JSON or a list to download.
`routes` answers /search and /suggest; `page` shows the hits, `highlight` marks the words;
`suggestions` offers other ways to find something.
"""
