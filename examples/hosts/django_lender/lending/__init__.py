"""The lender's own application: customers and loans as they were before loansms."""
