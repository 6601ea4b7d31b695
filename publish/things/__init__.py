"""The pages and the RDF of things.

In: the address of a thing or of a list. Out: the page or the RDF of it.
`routes` answers /id, /doc and /browse; `document` composes a page from a `view`, `sections` and
the form of its kind (`forms/`); `relation` pages a long list; `lists` shows all of a kind, with a
`member_note` to each; `neighbours` draws what is around; `metadata` tells programs what a page is
about, with `signposts` in its headers; `file_link` links files; `gone` answers 410.
"""
