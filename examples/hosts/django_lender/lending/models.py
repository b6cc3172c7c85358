"""The host's models. They know nothing of loansms; `accounts.py` says what of them a message may need."""

from django.db import models


class Customer(models.Model):
    """A borrower."""

    number = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    mobile = models.CharField(max_length=20)
    refused = models.BooleanField(default=False)


class Loan(models.Model):
    """A loan; amounts are what is due on `due_on`, in yuan."""

    number = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    due = models.DecimalField(max_digits=14, decimal_places=2)
    due_on = models.DateField()
    disputed = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)
