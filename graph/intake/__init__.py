"""Reading what is handed in: tables, workbooks and RDF files.

In: files of strangers. Out: one dataset, and findings that name file, row and cell.
`sources` finds the files; `tables` reads sheets whose cells know their place; `cells` reads one
value, or says what to write instead; `mapping` turns rows into quads; `rdf_files`
checks RDF at the door; `load` gathers both. `workbook_template` writes the empty workbook;
`spreadsheet_safety` keeps cells from running as formulas.
"""
