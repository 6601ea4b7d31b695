"""HTTP itself: negotiation and headers, without Flask's application.

In: header values. Out: header values, and responses that carry them.
`negotiate` chooses format and language (RFC 9110 section 12); `response` sets the headers every
response has; `etags` and `ranges` answer conditions and parts; `links` builds addresses from the
base; `excel_csv` makes CSV that Excel opens; `status` has the status of every exception and
`wsgi_types` the types of a WSGI application; `stream` ends what is given up.
"""
