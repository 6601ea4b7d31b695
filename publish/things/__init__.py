"""The pages and the RDF of things.

In: the address of a thing or of a list. Out: the page or the RDF of it.
`routes` answers /id and /doc; `document` composes a page from a `view`, `sections` and the form of
its kind (`forms/`); `relation` pages a long list; `lists` answers /browse and gives lists as files;
`neighbours` draws what is around a thing; `metadata` tells programs what a page is about;
`file_link` links files; `gone` answers 410.
"""
