"""What the tests of publish.portal.ckan share."""

KEY = "sao-301107"

TOKEN = f"km-{KEY}"
