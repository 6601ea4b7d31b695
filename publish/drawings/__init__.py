"""Drawings, as SVG or as data for templates.

In: numbers, dates or an address. Out: a drawing with its words.
`charts` draws bars; `timeline` draws dates; `qr` draws an address.
"""
