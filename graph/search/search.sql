-- The search index and the table of names of one release: `search.sqlite`.
-- Written by graph/search/write.py, read by graph/search/find.py, never changed afterwards; the next
-- release may begin with a copy of it (graph/search/update.py).

-- Everything that has a name. Ids are in the order of weight, so the first hits are the better ones.
-- `type` is the one in the identifier ("law"); it is empty for terms of the vocabulary.
CREATE TABLE node (
  id     INTEGER PRIMARY KEY,
  iri    TEXT NOT NULL UNIQUE,
  type   TEXT NOT NULL,
  kind   TEXT NOT NULL,   -- dct:type, else the class
  weight REAL NOT NULL,   -- of its type, and of how much points to it
  links  INTEGER NOT NULL -- how much that is
);

-- Words as published. Roles: 0 name, 1 other name, 2 verbatim or corrected words, 3 description.
-- Pages take names from here, search results what they show.
CREATE TABLE text (
  node INTEGER NOT NULL,
  role INTEGER NOT NULL,
  lang TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (node, role, lang, text)
) WITHOUT ROWID;

-- What results are narrowed and counted by (kind, topic, org, year), and the list it is part of.
CREATE TABLE facet (
  name  TEXT NOT NULL,
  value TEXT NOT NULL,
  node  INTEGER NOT NULL,
  PRIMARY KEY (name, value, node)
) WITHOUT ROWID;
CREATE INDEX facet_of ON facet (node, name, value);

-- How many things of a type have a topic, or are of a year.
CREATE TABLE tally (
  name   TEXT NOT NULL,
  value  TEXT NOT NULL,
  type   TEXT NOT NULL,
  things INTEGER NOT NULL,
  PRIMARY KEY (name, value, type)
) WITHOUT ROWID;

-- Words as they are compared (graph/text/normalise.py). Each name stands between line ends, so that a look-up
-- of a line end and a word finds what begins with it.
CREATE TABLE folded (
  node   INTEGER PRIMARY KEY,
  names  TEXT NOT NULL,
  others TEXT NOT NULL,
  about  TEXT NOT NULL
);

CREATE VIRTUAL TABLE words USING fts5 (
  names, others, about, content='folded', content_rowid='node', tokenize='trigram'
);

-- Every trigram and how many things hold it: for words shorter than one, and for near misses.
CREATE TABLE trigram (
  term TEXT PRIMARY KEY,
  docs INTEGER NOT NULL
) WITHOUT ROWID;
