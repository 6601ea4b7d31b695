"""What the tests of publish.engine.remote share."""

BASE = "http://localhost:8000"
