"""The saved questions and the query page, for people.

In: a question's name and values, or a query. Out: a page, a chart or a file.
`routes` answers /queries; `question_page` shows one question, `rows` has its answer; `query_page`
is the editor, `editor_terms` the words it offers.
"""
