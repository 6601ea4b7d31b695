"""From a table to an answered query. Nothing here serves HTTP; `publish` does.

    tables, Turtle -> intake -> check -> builder -> release -> store -> describe, search, queries

Each folder is a stage, and its docstring says what comes in, what goes out and which file does
what. A folder imports only from floors below its own, which a test holds:

    6   builder queries                   makes a release; the saved questions
    5   check catalogue describe          judges a dataset; describes data sets and things
    4   release search hubs               the folder that never changes, and its indexes
    3   intake store                      reads files of strangers; answers SPARQL
    2   schema history text sparql workers   sheets, changes, words, the query guard, processes
    1   rdf findings errors               terms and files; faults of input; exceptions

`findings` has what is wrong with the input and how to mend it, `errors` every exception, `workers`
starts other processes. `sites/` holds the bundled site.
"""
