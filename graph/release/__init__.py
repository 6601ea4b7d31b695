"""A release: the folder that never changes, and the switch to another one.

In: a folder that was built. Out: an open release, or the reason why it is refused.
`manifest` opens a release and checks it; `activate` makes one current; `verify` re-checks every
byte; `preview` says what a publication would change, `reuse` what it may not; `tombstones` keeps
what is gone for ever.
"""
