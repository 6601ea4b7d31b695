"""The command line `km`.

In: words of a command. Out: an exit code, and words on the terminal.
`main` has the commands; `check`, `publish` (with `preview_text`), `releases` and `query` are
their code; `terminal` writes progress.
"""
