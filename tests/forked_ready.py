"""What the server of `tests.forked` has before it forks: the modules of its workers, and the files a run reads once."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module

from loansms import Lender, OutreachService
from loansms.providers import SandboxProvider
from loansms.stores import MemoryStore

for worker in ("services.crash_worker", "stores.worker", "stores.sqlite_code_worker"):
    import_module(f"tests.{worker}")

OutreachService(
    policy="cn-consumer", lender=Lender.example("CN"), store=MemoryStore(), provider=SandboxProvider(1)
).run(
    [{"loan_id": "L", "borrower_id": "B", "phone": "17400000001", "currency": "CNY", "amount_due": "1.00",
      "next_due_on": "2026-09-24"}],
    now=datetime.fromisoformat("2026-09-24T10:00:00+08:00"),
)  # fmt: skip
