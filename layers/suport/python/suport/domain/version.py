"""The version of the service, in one place; a test holds the packages and the changelog to it."""

from datetime import date

VERSION, DATED = "1.0.0", date(2026, 11, 26)
