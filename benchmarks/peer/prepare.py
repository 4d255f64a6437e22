"""Makes the helpdesk's database, with one public queue."""

import os

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()
call_command("migrate", verbosity=0)
call_command("loaddata", "emailtemplate", verbosity=0)

from helpdesk.models import Queue  # noqa: E402  once Django is set up

Queue.objects.create(
    title="Payments",
    slug="payments",
    allow_public_submission=True,
    email_address="team@example.org",
    new_ticket_cc="team@example.org",
)
