"""Publications that are killed, run out of disk, or happen under load: what readers see of it.

`python -m crash` (`make crash`) runs all of it and prints counts; with `--short` a part, as the
tests do. `trial` is the site that is published to, `disk` fills its disk, `moving` puts a server on
it under load. Each publication runs in a process of its own, forked from one that has loaded and
checked the tables already, so that every kill falls into the building of a release.
"""
