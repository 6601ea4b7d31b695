"""The command line `km`.

In: the words of a command. Out: an exit code, and words on the terminal.
`main` names the commands; `check`, `publish`, `releases` and `query` hold their code; `terminal`
writes progress.
"""
