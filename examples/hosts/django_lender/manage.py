"""Django's own entry: python manage.py migrate; python manage.py send_reminders --now 2026-09-24T10:00:00+08:00."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    execute_from_command_line(sys.argv)
