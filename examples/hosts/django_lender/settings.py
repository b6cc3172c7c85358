"""The least a Django project needs: its own tables in one database, the contact ledger in a file of its own."""

import os
from pathlib import Path

HERE = Path(os.environ.get("LENDER_DATA", Path(__file__).parent))
SECRET_KEY = os.environ.get("LENDER_SECRET", "only-for-the-example")
INSTALLED_APPS = ["lending"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "lender.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LOANSMS = {"policy": "cn-consumer", "ledger": HERE / "ledger.db"}
